import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { containerLaunch } from './docker.mjs';
import { adopt, stopServer } from './handles.mjs';
import { cacheFolder } from './places.mjs';
import { freePort, logTail, run, spawnServer } from './processes.mjs';
import { account, commandAs, scratchFolder } from './unprivileged.mjs';

/** How long a server may take from its start until it answers, in milliseconds. */
const READY_MS = 90_000;

/**
 * @typedef {import('./lifecycle.mjs').Server} Server
 * @typedef {import('./lifecycle.mjs').Handle} Handle
 * @typedef {import('./lifecycle.mjs').Assignments} Assignments
 * @typedef {import('./lifecycle.mjs').Options} Options
 * @typedef {import('node:child_process').ChildProcess} ChildProcess
 *
 * @typedef {(port: number, password: string) =>
 *   Promise<{child: ChildProcess, handle: Omit<Handle, 'pid'>, again?: () => ChildProcess}>} Starter
 *   `again` starts the same server once more, on its data and its port
 */

/**
 * Starts the server on a free port and waits until it answers. A port that was taken in the meantime is no failure.
 * @param {Server} server
 * @param {string} how
 * @param {Starter} start
 * @param {(line: string) => void} log
 * @param {Options} options
 */
export async function launch(server, how, start, log, options) {
  for (let attempt = 1; ; attempt += 1) {
    const began = performance.now();
    const port = await freePort();
    const password = randomBytes(16).toString('hex');
    const { child, handle, again } = await start(port, password);
    const failedToStart = new Promise((resolve) => child.once('error', resolve));
    if (child.pid === undefined) {
      if (handle.folder) rmSync(handle.folder, { recursive: true, force: true });
      throw /** @type {Error} */ (await failedToStart);
    }
    const mine = { ...handle, pid: child.pid };
    if (!options.detached) adopt(mine);
    const env = server.address(port, password);
    const ended = () =>
      options.signal?.aborted
        ? 'interrupted'
        : child.exitCode !== null || child.signalCode !== null
          ? `it ended with ${child.signalCode ?? `code ${child.exitCode}`}`
          : undefined;
    const failure = await awaitReady(server, env, READY_MS, ended);
    if (!failure) {
      child.unref();
      log(`${how} on 127.0.0.1:${port}, ready in ${((performance.now() - began) / 1000).toFixed(1)} s`);
      const running = { name: server.name, env, how, handle: mine };
      return again ? { ...running, revive: () => revive(server, mine, env, again) } : running;
    }
    const tail = logTail(mine.log);
    await stopServer(mine, { keepLog: true });
    if (attempt < 3 && /address already in use|port is already allocated/i.test(tail)) continue;
    throw new Error(`did not become ready (${failure}); its log is ${mine.log}\n${tail}`);
  }
}

/**
 * Starts a server that has died once more, on its data and its port.
 * @param {Server} server
 * @param {Handle} handle learns the new pid
 * @param {Assignments} env
 * @param {() => ChildProcess} again
 */
async function revive(server, handle, env, again) {
  const child = again();
  const failedToStart = new Promise((resolve) => child.once('error', resolve));
  if (child.pid === undefined) throw /** @type {Error} */ (await failedToStart);
  handle.pid = child.pid;
  const ended = () => ((child.exitCode ?? child.signalCode) === null ? undefined : 'it ended');
  const failure = await awaitReady(server, env, READY_MS, ended);
  if (failure) throw new Error(`did not come back (${failure}); its log is ${handle.log}\n${logTail(handle.log)}`);
  child.unref();
}

/**
 * Waits until the server answers.
 * @param {Server} server
 * @param {Assignments} env
 * @param {number} timeoutMs
 * @param {() => string | undefined} ended a reason to wait no longer
 * @returns {Promise<string | undefined>} why it did not become ready
 */
export async function awaitReady(server, env, timeoutMs, ended) {
  const end = performance.now() + timeoutMs;
  for (;;) {
    try {
      await server.ready(env);
      return undefined;
    } catch (error) {
      const over = ended();
      if (over) return over;
      if (performance.now() > end) return `no answer for ${timeoutMs / 1000} s, at last: ${reasonOf(error)}`;
      await pause(100);
    }
  }
}

/** For people. @param {Error & {code?: string}} error */
export function reasonOf(error) {
  const cause = /** @type {(Error & {code?: string}) | undefined} */ (error.cause);
  const said = [error, cause]
    .map((one) => one?.message || one?.code)
    .filter(Boolean)
    .join(': ');
  const untrusted = /certificate|altname/i.test(said) && !said.includes('COFFER_TEST_');
  return untrusted ? `${said}. NODE_EXTRA_CA_CERTS names a file (PEM) with an authority to trust` : said;
}

/** @param {Server} server */
function newLog(server) {
  const moment = new Date().toISOString().replaceAll(':', '');
  return join(cacheFolder('logs'), `${server.name}-${moment}-${process.pid}.log`);
}

/**
 * @param {Server} server
 * @param {import('./lifecycle.mjs').Containerised} docker
 * @returns {Starter}
 */
export function containerStarter(server, docker) {
  return async (port, password) => {
    const container = `coffer-${server.name}-${randomBytes(4).toString('hex')}`;
    const log = newLog(server);
    const child = spawnServer(containerLaunch(docker, { container, port, password }), log);
    return { child, handle: { log, signals: server.signals, container } };
  };
}

/** @param {Server} server @param {Options} options @returns {Starter} */
export function nativeStarter(server, options) {
  return async (port, password) => {
    const who = account(server.native.accounts);
    const folder = scratchFolder(server.name, who);
    try {
      const surroundings = { env: { PATH: process.env.PATH, HOME: folder, TZ: 'UTC', LC_ALL: 'C' }, cwd: folder };
      const as = (/** @type {string} */ command, /** @type {string[]} */ args) => {
        const line = commandAs(who, command, args);
        return run(line.command, line.args, surroundings);
      };
      const place = async (/** @type {string} */ file, /** @type {string} */ text) => {
        const path = join(folder, file);
        await writeFile(path, text, { mode: 0o600 });
        if (who) await chown(path, who.uid, who.gid);
        return path;
      };
      const { command, args } = await server.native.start(folder, port, { password, as, place });
      const line = commandAs(who, command, args, options.detached ? undefined : server.signals.abrupt);
      const log = newLog(server);
      const again = () => spawnServer({ ...line, ...surroundings }, log);
      return { child: again(), handle: { log, signals: server.signals, folder }, again };
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  };
}
