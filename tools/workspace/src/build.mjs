import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, packageFolders, root, toolEnvironment } from './checkout.mjs';

/** What decides over the output of every package, besides its own sources. */
const shared = ['.swcrc', 'nx.json', 'package-lock.json'];

const stamp = () => join(cacheFolder(), 'build-stamp');

/** @returns {{source: string, output: string}[]} every file that a build makes, relative to the top */
function products() {
  return packageFolders().flatMap((folder) => {
    const sources = join(root, folder, 'src');
    if (!existsSync(sources)) return [];
    return readdirSync(sources, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/\.(spec|fixture|d)\.ts$|(^|\/)fixture\//.test(file))
      .map((file) => ({ source: `${folder}/src/${file}`, output: `${folder}/dist/${file.replace(/\.ts$/, '.js')}` }));
  });
}

/** Changes whenever a source is added, removed or written; reads no contents. @param {string[]} files */
function fingerprint(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** @param {ReturnType<typeof products>} all */
const currentPrint = (all) => fingerprint([...shared, ...all.map(({ source }) => source).sort()]);

/** @param {ReturnType<typeof products>} all @returns {string | undefined} the first output that is not there */
const missing = (all) => all.find(({ output }) => !existsSync(join(root, output)))?.output;

/** @returns {boolean} whether every output is there and was built from the sources as they are now */
export function isBuilt() {
  const all = products();
  return existsSync(stamp()) && readFileSync(stamp(), 'utf8') === currentPrint(all) && missing(all) === undefined;
}

/**
 * Builds what is not built or older than its sources; returns at once (some ten milliseconds) when nothing is.
 * Rejects with the build's own output when it fails.
 * @param {{log?: (line: string) => void}} [options]
 */
export async function buildIfStale({ log = (line) => process.stderr.write(`${line}\n`) } = {}) {
  if (isBuilt()) return;
  const before = currentPrint(products());
  const total = packageFolders().length;
  log(`building ${total} packages…`);
  const began = performance.now();
  await runNx(total, log);
  const all = products();
  const lost = missing(all);
  if (lost) throw new Error(`the build said it went well but left no ${lost}`);
  // A source written during the build is not covered: the print is the one from before it.
  writeFileSync(stamp(), before);
  log(`built in ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

/** @param {number} total @param {(line: string) => void} log @returns {Promise<void>} */
function runNx(total, log) {
  return new Promise((resolve, reject) => {
    const args = ['run-many', '-t', 'build', '--output-style=static'];
    const child = spawn('nx', args, { cwd: root, env: toolEnvironment, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let done = 0;
    const read = (/** @type {Buffer} */ chunk) => {
      output += chunk;
      const finished = output.match(/^> nx run /gm)?.length ?? 0;
      if (finished < done + 5) return;
      done = finished;
      log(`  ${done} of ${total}`);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${output.trimEnd()}\nthe build ended with ${signal ?? `code ${code}`}`));
    });
  });
}
