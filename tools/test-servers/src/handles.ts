import { rmSync } from 'node:fs';
import { removeContainer } from './docker.ts';
import { processFacts } from './process-facts.ts';
import { alive, send, stopProcess } from './processes.ts';
import type { Handle } from './lifecycle.ts';

/** Handles of this process's own servers: the last resort when it exits without having stopped them. */
const ours: Set<Handle> = new Set();
process.on('exit', () => {
  for (const { pid, signals } of ours) send(pid, signals.abrupt);
  for (const { pid, folder, container } of ours) {
    goneWithin(pid, 3_000);
    if (container) removeContainer(container);
    if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
});

/** Waits without the event loop, which no longer turns while a process exits. */
function goneWithin(pid: number, ms: number) {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const end = performance.now() + ms;
  while (alive(pid) && performance.now() < end) Atomics.wait(cell, 0, 0, 20);
}

/** Whether the server runs. Its process id may have been given to somebody else since. */
export const isRunning = ({ pid, startTime }: Handle): boolean =>
  alive(pid) && processFacts(pid)?.startTime === startTime;

/** From now on the server goes when this process does. */
export function adopt(handle: Handle) {
  ours.add(handle);
}

/**
 * Stops a server in an orderly way and removes its data; its log too, unless it is to be kept.
 * `options`: how long it may take before it is killed.
 */
export async function stopServer(
  handle: Handle,
  { keepLog = false, graceMs = 15_000 }: { keepLog?: boolean; graceMs?: number } = {},
) {
  if (alive(handle.pid)) await stopProcess(handle.pid, handle.signals.orderly, graceMs);
  if (handle.container) removeContainer(handle.container);
  if (handle.folder) rmSync(handle.folder, { recursive: true, force: true, maxRetries: 5 });
  if (!keepLog) rmSync(handle.log, { force: true });
  ours.delete(handle);
}
