import { setTimeout as pause } from 'node:timers/promises';

const POLL_INTERVAL_MS = 50;
/** How long what a suite has closed may take to be gone: a child process, a socket whose other side waits 30 s to close it. */
const GRACE_MS = 90_000;
/** A process's own standard streams, which are there from the first time that it writes. */
const STANDARD_STREAMS = new Set(['PipeWrap', 'TTYWrap']);

/** How many there are of each type. */
export type Handles = Map<string, number>;

/** Returns what keeps this process alive: servers, sockets, child processes and timers that are not unref'd. */
export function openHandles(): Handles {
  const counts: Handles = new Map();
  for (const type of process.getActiveResourcesInfo()) {
    if (!STANDARD_STREAMS.has(type)) counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return counts;
}

/** Returns what there is now beyond that, for people. */
const added = (before: Handles): string[] =>
  [...openHandles()].flatMap(([type, count]) => {
    const more = count - (before.get(type) ?? 0);
    return more > 0 ? [`${more} ${type}`] : [];
  });

/** Waits until nothing is open beyond what was before. Rejects, after `graceMs`, with what is. */
export async function assertClosed(before: Handles, graceMs: number = GRACE_MS) {
  const end = performance.now() + graceMs;
  let open = added(before);
  while (open.length > 0) {
    if (performance.now() > end) {
      throw new Error(
        `the suite leaves open: ${open.join(', ')}. Close them in the suite; --detectOpenHandles says where they were made`,
      );
    }
    await pause(POLL_INTERVAL_MS);
    open = added(before);
  }
}
