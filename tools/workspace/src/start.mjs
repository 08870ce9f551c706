import './require-node.mjs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildIfStale } from './build.mjs';
import { root } from './checkout.mjs';
import { endWithNpm } from './end-with-npm.mjs';

const main = join(root, 'apps/standalone/dist/main.js');

try {
  await buildIfStale();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

endWithNpm();
// In this very process: signals and the exit code are the application's own.
process.argv[1] = main;
await import(pathToFileURL(main).href);
