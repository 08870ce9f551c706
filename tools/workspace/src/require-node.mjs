/** Imported first by every tool, for its effect: ends the process with one sentence where it could not work. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const complaint =
  Number(process.versions.node.split('.')[0]) < 24
    ? `Coffer needs Node 24 or newer and this is ${process.versions.node}; "npm ci" brings a Node 24 that "npm start" and the other npm scripts then use.`
    : !existsSync(fileURLToPath(new URL('../../../node_modules/.package-lock.json', import.meta.url)))
      ? 'The packages are not installed yet; run "npm ci" first.'
      : undefined;

if (complaint) {
  process.stderr.write(`${complaint}\n`);
  process.exit(1);
}
