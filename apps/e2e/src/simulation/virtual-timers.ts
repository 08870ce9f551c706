import { runningHost } from './host.js';
import type { SeededRandom } from '@coffer/coherence/simulation';

/** What the shipped code takes from its environment, but for the clock that it is given. */
interface Environment {
  setTimeout: unknown;
  clearTimeout: unknown;
  setInterval: unknown;
  clearInterval: unknown;
  setImmediate: unknown;
}

/** A timer of one process: fires in virtual time, not while the process is paused, and never once it is dead. */
class VirtualTimer {
  #cancelled = false;

  constructor(delay: number, period: number | undefined, fire: () => void) {
    const host = runningHost();
    if (host === undefined) throw new Error('a timer belongs to a process');
    const arm = (after: number): void =>
      host.after(after, () => {
        if (this.#cancelled) return;
        fire();
        if (period !== undefined) arm(period);
      });
    arm(delay);
  }

  cancel(): void {
    this.#cancelled = true;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

type Callback = (...args: unknown[]) => void;

const clear = (timer: unknown): void => {
  if (timer instanceof VirtualTimer) timer.cancel();
};

const VIRTUAL: Environment = {
  setTimeout: (run: Callback, delay = 0, ...args: unknown[]) =>
    new VirtualTimer(Number(delay), undefined, () => run(...args)),
  setInterval: (run: Callback, period = 0, ...args: unknown[]) =>
    new VirtualTimer(Number(period), Number(period), () => run(...args)),
  setImmediate: (run: Callback, ...args: unknown[]) => new VirtualTimer(0, undefined, () => run(...args)),
  clearTimeout: clear,
  clearInterval: clear,
};

let busy = false;

/**
 * Runs shipped code in virtual time: its timers belong to the process that set them, and `Date.now` is its
 * clock's, and `Math.random` draws from `random`. One run at a time, since all of that is global; restored however the run ends.
 */
export const inVirtualTime = async <T>(random: SeededRandom, run: () => Promise<T>): Promise<T> => {
  if (busy) throw new Error('simulations run one after the other');
  busy = true;
  const environment = globalThis as unknown as Environment;
  const { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval } = environment;
  const [now, draw, { stackTraceLimit }] = [Date.now, Math.random, Error];
  Object.assign(environment, VIRTUAL);
  Date.now = () => Math.floor(runningHost()?.clock.wall() ?? 0);
  Math.random = () => random.next();
  // Errors are answers here, many thousands of them, and nobody asks where they were made.
  Error.stackTraceLimit = 0;
  try {
    return await run();
  } finally {
    Object.assign(environment, { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval });
    Date.now = now;
    Math.random = draw;
    Error.stackTraceLimit = stackTraceLimit;
    busy = false;
  }
};
