import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { containerLaunch } from './docker.ts';
import { adopt, stopServer } from './handles.ts';
import { cacheFolder } from './places.ts';
import { processFacts } from './process-facts.ts';
import { freePort, logTail, run, spawnServer } from './processes.ts';
import { account, commandAs, scratchFolder } from './unprivileged.ts';
import type { Server, Handle, Assignments, Options, Containerised } from './lifecycle.ts';
import type { ChildProcess } from 'node:child_process';

/** How long a server may take from its start until it answers, in milliseconds. */
const READY_MS = 90_000;

/** `again` starts the same server once more, on its data and its port. */
type Starter = (
  port: number,
  password: string,
) => Promise<{ child: ChildProcess; handle: Omit<Handle, 'pid'>; again?: () => ChildProcess }>;

/** Starts the server on a free port and waits until it answers. A port that was taken in the meantime is no failure. */
export async function launch(
  server: Server,
  how: string,
  start: Starter,
  log: (line: string) => void,
  options: Options,
) {
  for (let attempt = 1; ; attempt += 1) {
    const began = performance.now();
    const port = await freePort();
    const password = randomBytes(16).toString('hex');
    const { child, handle, again } = await start(port, password);
    const failedToStart = new Promise((resolve) => child.once('error', resolve));
    if (child.pid === undefined) {
      if (handle.folder) rmSync(handle.folder, { recursive: true, force: true });
      throw (await failedToStart) as Error;
    }
    const mine = { ...handle, pid: child.pid, startTime: processFacts(child.pid)?.startTime };
    if (!options.detached) adopt(mine);
    const env = server.address(port, password);
    const ended = () =>
      options.signal?.aborted
        ? 'interrupted'
        : child.exitCode !== null || child.signalCode !== null
          ? `it ended with ${child.signalCode ?? `code ${child.exitCode}`}`
          : undefined;
    const failure = await awaitReady(server, env, server.readyMs ?? READY_MS, ended);
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

/** Starts a server that has died once more, on its data and its port. `handle`: learns the new process. */
async function revive(server: Server, handle: Handle, env: Assignments, again: () => ChildProcess) {
  const child = again();
  const failedToStart = new Promise((resolve) => child.once('error', resolve));
  if (child.pid === undefined) throw (await failedToStart) as Error;
  handle.pid = child.pid;
  handle.startTime = processFacts(child.pid)?.startTime;
  const ended = () => ((child.exitCode ?? child.signalCode) === null ? undefined : 'it ended');
  const failure = await awaitReady(server, env, server.readyMs ?? READY_MS, ended);
  if (failure) throw new Error(`did not come back (${failure}); its log is ${handle.log}\n${logTail(handle.log)}`);
  child.unref();
}

/** Waits until the server answers. `ended`: a reason to wait no longer. Returns why it did not become ready. */
export async function awaitReady(
  server: Server,
  env: Assignments,
  timeoutMs: number,
  ended: () => string | undefined,
): Promise<string | undefined> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    try {
      await server.ready(env);
      return undefined;
    } catch (error) {
      const over = ended();
      if (over) return over;
      if (performance.now() > end) return `no answer for ${timeoutMs / 1000} s, at last: ${reasonOf(error as Error)}`;
      await pause(100);
    }
  }
}

/** For people. */
export function reasonOf(error: Error & { code?: string }) {
  const cause = error.cause as (Error & { code?: string }) | undefined;
  const said = [error, cause]
    .map((one) => one?.message || one?.code)
    .filter(Boolean)
    .join(': ');
  const untrusted = /certificate|altname/i.test(said) && !said.includes('COFFER_TEST_');
  return untrusted ? `${said}. NODE_EXTRA_CA_CERTS names a file (PEM) with an authority to trust` : said;
}

function newLog(server: Server) {
  const moment = new Date().toISOString().replaceAll(':', '');
  return join(cacheFolder('logs'), `${server.name}-${moment}-${process.pid}.log`);
}

export function containerStarter(server: Server, docker: Containerised): Starter {
  return async (port, password) => {
    const container = `coffer-${server.name}-${randomBytes(4).toString('hex')}`;
    const log = newLog(server);
    const child = spawnServer(containerLaunch(docker, { container, port, password }), log);
    return { child, handle: { log, signals: server.signals, container } };
  };
}

export function nativeStarter(server: Server, options: Options): Starter {
  return async (port, password) => {
    const who = account(server.native.accounts);
    const folder = scratchFolder(server.name, who);
    try {
      const surroundings = { env: { PATH: process.env.PATH, HOME: folder, TZ: 'UTC', LC_ALL: 'C' }, cwd: folder };
      const as = (command: string, args: string[]) => {
        const line = commandAs(who, command, args);
        return run(line.command, line.args, surroundings);
      };
      const place = async (file: string, text: string) => {
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
