import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.ts';
import { BUNDLES, enterCallerFolder, keepCompiled } from './checkout.ts';

const main = join(BUNDLES, 'cli.js');

try {
  await build();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}

// In this very process: standard input and the exit code are the application's own.
process.argv[1] = main;
keepCompiled();
enterCallerFolder();
await import(pathToFileURL(main).href);
