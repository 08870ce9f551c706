import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { processFacts } from './process-facts.ts';
import type { AddressInfo } from 'node:net';

/** How often a condition is looked at while it is awaited, in milliseconds. */
const POLL_MS = 50;

const handedOut = new Set<number>();

/**
 * Returns a port of 127.0.0.1 at which nothing listened a moment ago, and never one that it returned before: a server that was
 * given that one may not listen yet.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, 'close');
    if (handedOut.has(port)) continue;
    handedOut.add(port);
    return port;
  }
}

/**
 * Runs a command to its end. Rejects with the end of its output when it fails, cannot be started or takes longer than
 * `timeoutMs` (default ten minutes), or when the signal fires, which ends the command; the environment is never part of the message.
 * Returns what it wrote to stdout.
 */
export function run(
  command: string,
  args: string[],
  {
    env,
    cwd,
    timeoutMs = 600_000,
    signal,
  }: { env?: NodeJS.ProcessEnv; cwd?: string; timeoutMs?: number; signal?: AbortSignal | undefined } = {},
): Promise<string> {
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

export interface Launch {
  command: string;
  args: string[];
  /** The whole environment of the process. */
  env: NodeJS.ProcessEnv;
  cwd: string;
}

/**
 * Starts a server in a process group of its own (Ctrl-C at the terminal must not overtake an orderly stop), with both
 * outputs appended to `log`.
 */
export function spawnServer(launch: Launch, log: string) {
  const output = openSync(log, 'a', 0o600);
  try {
    const { command, args, env, cwd } = launch;
    return spawn(command, args, { env, cwd, detached: true, stdio: ['ignore', output, output] });
  } finally {
    closeSync(output);
  }
}

/** Whether the process runs; one that has ended and merely was not collected by its parent does not. */
export function alive(pid: number) {
  try {
    process.kill(pid, 0);
    return processFacts(pid)?.hasEnded !== true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Asks a process to end and waits until it is gone; after `graceMs` it is killed. */
export async function stopProcess(pid: number, signal: NodeJS.Signals, graceMs: number) {
  send(pid, signal);
  if (await until(() => !alive(pid), graceMs)) return;
  send(pid, 'SIGKILL');
  await until(() => !alive(pid), 5_000);
}

/** Sends a signal to a process that may be gone already. */
export function send(pid: number, signal: NodeJS.Signals) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Looks at a condition until it holds. Returns false when the time was up first. */
export async function until(condition: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > end) return false;
    await pause(POLL_MS);
  }
  return true;
}

/** Returns its path, looked up in PATH and the system's sbin folders. */
export function which(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin'];
  return folders.map((folder) => join(folder, program)).find((path) => path.startsWith('/') && existsSync(path));
}

/** Returns whether it ended with 0 within half a minute. */
export function succeeds(command: string, args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 30_000 }).status === 0;
}

/** Returns the end of a log, or an empty string when there is none. */
export function logTail(path: string): string {
  return existsSync(path) ? lastLines(readFileSync(path, 'utf8'), 15) : '';
}

function lastLines(text: string, count: number) {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
