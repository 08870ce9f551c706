import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from '../h2/free-port.js';

/** The servers refuse to run as root. */
const NOBODY = 65_534;
const START_TIMEOUT_MS = 90_000;
const POLL_INTERVAL_MS = 50;
const FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin'];

/** Where a server lives: its files and its port of 127.0.0.1. */
export interface Place {
  readonly folder: string;
  readonly port: number;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

/** `Prepared` is what the files in the folder are known by. */
export interface ServerPlan<Prepared> {
  readonly name: string;
  /** Puts files into the folder; they are given to the server's account, and nobody else may read them. */
  readonly prepare: (place: Place) => Prepared;
  /** Makes the data, if that takes a program of its own; runs to its end. */
  readonly setup?: (place: Place) => Command;
  readonly command: (place: Place, prepared: Prepared) => Command;
  readonly answers: (place: Place, prepared: Prepared) => Promise<boolean>;
}

export interface PrivateServer<Prepared = unknown> extends Place {
  readonly prepared: Prepared;
  close(): Promise<void>;
}

/** The path of an installed program. Throws a sentence where it is missing: no suite skips itself. */
export const programOf = (name: string, debianPackage: string, folders: readonly string[] = []): string => {
  const path = [...folders, ...(process.env['PATH'] ?? '').split(delimiter), ...FOLDERS]
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, name))
    .find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Error(`${name} is not installed: apt-get install ${debianPackage}`);
  return path;
};

interface Identity {
  readonly uid: number;
  readonly gid: number;
}

const handOver = (folder: string, identity?: Identity): void => {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    chmodSync(path, 0o600);
    if (identity !== undefined) chownSync(path, identity.uid, identity.gid);
  }
  if (identity !== undefined) chownSync(folder, identity.uid, identity.gid);
};

const end = async (child: ChildProcess, folder: string): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
};

const preparedIn = <Prepared>(plan: ServerPlan<Prepared>, place: Place, identity?: Identity): Prepared => {
  try {
    const prepared = plan.prepare(place);
    handOver(place.folder, identity);
    const setup = plan.setup?.(place);
    if (setup !== undefined) execFileSync(setup.program, setup.args, { cwd: place.folder, stdio: 'pipe', ...identity });
    return prepared;
  } catch (error) {
    rmSync(place.folder, { recursive: true, force: true });
    throw error;
  }
};

/**
 * Starts a server of the test's own, in a folder of its own that goes with it. Resolves when it answers. Its data are of no
 * use afterwards, so it is killed at the end.
 */
export const startPrivateServer = async <Prepared>(plan: ServerPlan<Prepared>): Promise<PrivateServer<Prepared>> => {
  const folder = mkdtempSync(join(tmpdir(), `coffer-${plan.name.toLowerCase()}-`));
  const place: Place = { folder, port: await freePort() };
  const identity = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : undefined;
  const prepared = preparedIn(plan, place, identity);
  const { program, args } = plan.command(place, prepared);
  const child = spawn(program, args, { cwd: folder, stdio: 'ignore', ...identity });
  child.on('error', () => undefined);
  const close = (): Promise<void> => end(child, folder);
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await plan.answers(place, prepared))) {
    if (child.exitCode !== null || child.signalCode !== null || performance.now() > deadline) {
      await close();
      throw new Error(`${plan.name} did not start`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS));
  }
  return { ...place, prepared, close };
};
