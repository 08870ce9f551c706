import './require-node.mjs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildIfStale } from './build.mjs';
import { root } from './checkout.mjs';

const main = join(root, 'apps/cli/dist/main.js');

try {
  await buildIfStale();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

// In this very process: standard input and the exit code are the application's own.
process.argv[1] = main;
await import(pathToFileURL(main).href);
