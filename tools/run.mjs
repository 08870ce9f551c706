/**
 * `node tools/run.mjs workspace/start` runs `tools/workspace/src/start.ts`, with the arguments that follow. It is
 * JavaScript, so that a Node too old for TypeScript, or for anything else of this repository, ends with one sentence.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const place = (path) => new URL(path, import.meta.url);
const [tool = ''] = process.argv.splice(2, 1);
const [folder, name = 'main'] = tool.split('/');
const program = place(`./${folder}/src/${name}.ts`);

const problem =
  Number(process.versions.node.split('.')[0]) < 24
    ? `Coffer needs Node 24 or newer and this is ${process.versions.node}; "npm ci" brings a Node 24 that "npm start" and the other npm scripts then use.`
    : !existsSync(fileURLToPath(place('../node_modules/.package-lock.json')))
      ? 'The packages are not installed yet; run "npm ci" first.'
      : !existsSync(fileURLToPath(program))
        ? `There is no tool "${tool}".`
        : undefined;

if (problem) {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
} else {
  process.argv[1] = fileURLToPath(program);
  await import(program.href);
}
