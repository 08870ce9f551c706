import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, toolEnvironment } from './checkout.mjs';

const command = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];

/** Two workers: as many as the smallest machine has cores. */
const workers = (/** @type {string[]} */ args) =>
  args.some((argument) => /^(-w|-i|--maxWorkers|--runInBand)/.test(argument)) ? [] : ['--maxWorkers=2'];

/**
 * Runs Jest in front of the user. A signal to this process is handed on to it.
 * @param {string[]} args
 * @param {Record<string, string>} [env] added to ours
 * @returns {Promise<{report: import('./reports.mjs').JestReport | undefined, end: {code: number | null, signal: NodeJS.Signals | null}}>}
 */
export async function runJest(args, env = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-jest-'));
  const file = join(folder, 'report.json');
  try {
    const end = await spawnNode([...command, ...workers(args), '--json', `--outputFile=${file}`, ...args], env);
    return { report: readJson(file), end };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {string[]} args @returns {Promise<string[]>} the test files that Jest would run */
export async function listTests(args) {
  const child = spawn(process.execPath, [...command, '--listTests', '--passWithNoTests', ...args], {
    cwd: root,
    env: toolEnvironment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  await new Promise((resolve) => child.once('close', resolve));
  return output.split('\n').filter(Boolean);
}

/** @param {string[]} args @param {Record<string, string>} env */
function spawnNode(args, env) {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...toolEnvironment, ...env },
    // Jest writes its report to stdout as well; people read its stderr.
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  const handOn = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
  signals.forEach((signal) => process.on(signal, handOn));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  }).finally(() => signals.forEach((signal) => process.off(signal, handOn)));
}

/** @param {string} file */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
