import { setTimeout as delay } from 'node:timers/promises';
import { CofferError } from '@coffer/secrets';

/** How long values have to stay the same until a change counts: who writes several, or one twice, causes one restart. */
const SETTLE_MS = 1_000;
const MAX_SETTLE_READS = 10;

export interface WatchOptions {
  readonly intervalMs: number;
  /** What the program would be given now, as text that is equal where nothing has changed. Throws `CofferError`. */
  readonly read: () => Promise<string>;
  /** What it has. */
  readonly current: () => string;
  readonly changed: () => Promise<void>;
  /** Called with a sentence when values cannot be read, once until they can be again. */
  readonly failed: (message: string) => void;
  readonly signal: AbortSignal;
}

/** Reads again and again until the signal is aborted, and tells of what has changed once it stays the same. */
export const watchValues = async ({
  intervalMs,
  read,
  current,
  changed,
  failed,
  signal,
}: WatchOptions): Promise<void> => {
  let isFailing = false;
  const pause = (ms: number): Promise<unknown> => delay(ms, undefined, { signal }).catch(() => undefined);
  const settled = async (): Promise<string> => {
    let found = await read();
    for (let reads = 0; found !== current() && reads < MAX_SETTLE_READS; reads += 1) {
      await pause(Math.min(SETTLE_MS, intervalMs));
      const again = await read();
      if (again === found) break;
      found = again;
    }
    return found;
  };
  while (!signal.aborted) {
    await pause(intervalMs);
    if (signal.aborted) return;
    try {
      const found = await settled();
      isFailing = false;
      if (found !== current() && !signal.aborted) await changed();
    } catch (error) {
      // The program goes on whatever happens here.
      if (!isFailing) failed(CofferError.is(error) ? error.message : 'unexpected error');
      isFailing = true;
    }
  }
};
