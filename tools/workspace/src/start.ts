import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.ts';
import { BUNDLES, keepCompiled } from './checkout.ts';
import { endWithNpm } from './end-with-npm.ts';

const main = join(BUNDLES, 'standalone.js');

try {
  await build();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}

endWithNpm();
// In this very process: signals and the exit code are the application's own.
process.argv[1] = main;
keepCompiled();
await import(pathToFileURL(main).href);
