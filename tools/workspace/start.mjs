import './require-node.mjs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildIfStale } from './build.mjs';
import { root } from './checkout.mjs';

const main = join(root, 'apps/standalone/dist/main.js');

/** How often a run by npm looks whether npm is still there, in milliseconds. */
const LOOK_MS = 250;

/**
 * npm hands a SIGTERM on to the shell that it started us by, and the shell dies of it without a word to us. That our
 * parent is another one then means that we were asked to end as well.
 */
function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return;
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_MS);
  look.unref();
}

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
