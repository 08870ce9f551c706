import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.ts';
import { root } from './checkout.ts';
import { endWithNpm } from './end-with-npm.ts';

const main = join(root, 'apps/standalone/dist/main.js');

try {
  await build();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}

endWithNpm();
// In this very process: signals and the exit code are the application's own.
process.argv[1] = main;
// A quarter of the processor time of a start is the compilation of what the last one has compiled.
enableCompileCache(join(root, 'node_modules/.cache/coffer/compiled'));
await import(pathToFileURL(main).href);
