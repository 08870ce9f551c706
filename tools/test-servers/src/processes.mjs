import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** How often a condition is looked at while it is awaited, in milliseconds. */
const POLL_MS = 50;

/** @returns {Promise<number>} a port of 127.0.0.1 that was free a moment ago */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address());
      probe.close(() => resolve(port));
    });
  });
}

/**
 * Runs a command to its end. Rejects with the end of its output when it fails, cannot be started or takes longer than
 * `timeoutMs` (default ten minutes), or when the signal fires, which ends the command; the environment is never part of the message.
 * @param {string} command
 * @param {string[]} args
 * @param {{env?: NodeJS.ProcessEnv, cwd?: string, timeoutMs?: number, signal?: AbortSignal | undefined}} [options]
 * @returns {Promise<string>} what it wrote to stdout
 */
export function run(command, args, { env, cwd, timeoutMs = 600_000, signal } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs, signal });
    let stdout = '';
    let all = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      all += chunk;
    });
    child.stderr.on('data', (chunk) => (all += chunk));
    child.once('error', reject);
    child.once('close', (code, by) => {
      if (code === 0) return resolve(stdout);
      reject(new Error(`${command} ended with ${by ?? `code ${code}`}: ${lastLines(all, 8)}`));
    });
  });
}

/**
 * @typedef {object} Launch
 * @property {string} command
 * @property {string[]} args
 * @property {NodeJS.ProcessEnv} env the whole environment of the process
 * @property {string} cwd
 */

/**
 * Starts a server in a process group of its own (Ctrl-C at the terminal must not overtake an orderly stop), with both
 * outputs appended to `log`.
 * @param {Launch} launch
 * @param {string} log
 */
export function spawnServer(launch, log) {
  const output = openSync(log, 'a', 0o600);
  try {
    const { command, args, env, cwd } = launch;
    return spawn(command, args, { env, cwd, detached: true, stdio: ['ignore', output, output] });
  } finally {
    closeSync(output);
  }
}

/** Whether the process runs; one that has ended and merely was not collected by its parent does not. @param {number} pid */
export function alive(pid) {
  try {
    process.kill(pid, 0);
    const stat = `/proc/${pid}/stat`;
    return !(existsSync(stat) && /^\d+ \(.*\) Z /s.test(readFileSync(stat, 'utf8')));
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * Asks a process to end and waits until it is gone; after `graceMs` it is killed.
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 * @param {number} graceMs
 */
export async function stopProcess(pid, signal, graceMs) {
  send(pid, signal);
  if (await until(() => !alive(pid), graceMs)) return;
  send(pid, 'SIGKILL');
  await until(() => !alive(pid), 5_000);
}

/** Sends a signal to a process that may be gone already. @param {number} pid @param {NodeJS.Signals} signal */
export function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/**
 * Looks at a condition until it holds.
 * @param {() => boolean | Promise<boolean>} condition
 * @param {number} timeoutMs
 * @returns {Promise<boolean>} false when the time was up first
 */
export async function until(condition, timeoutMs) {
  const end = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > end) return false;
    await pause(POLL_MS);
  }
  return true;
}

/** @param {string} program @returns {string | undefined} its path, looked up in PATH and the system's sbin folders */
export function which(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin'];
  return folders.map((folder) => join(folder, program)).find((path) => path.startsWith('/') && existsSync(path));
}

/** @param {string} command @param {string[]} args @returns {boolean} whether it ended with 0 within half a minute */
export function succeeds(command, args) {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 30_000 }).status === 0;
}

/** @param {string} path @returns {string} the end of a log, or an empty string when there is none */
export function logTail(path) {
  return existsSync(path) ? lastLines(readFileSync(path, 'utf8'), 15) : '';
}

/** @param {string} text @param {number} count */
function lastLines(text, count) {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
