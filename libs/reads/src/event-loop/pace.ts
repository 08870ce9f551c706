/** How long paced work may keep the event loop at a time, in milliseconds. */
const SLICE_MS = 4;

const waiting: (() => void)[] = [];
let scheduled = false;

const next = (): void => {
  waiting.shift()?.();
  scheduled = waiting.length > 0;
  if (scheduled) setImmediate(next);
};

/** Resolves once everything else had a turn. One waiter goes on each time, so that many together keep the loop no longer than one. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    waiting.push(resolve);
    if (scheduled) return;
    scheduled = true;
    setImmediate(next);
  });

/**
 * For loops over what callers may make long: `if (pace.due()) await pace.rest()` in each round gives the event loop back
 * every few milliseconds. One for each piece of work.
 */
export class Pace {
  #until = performance.now() + SLICE_MS;

  /** Whether it is time to rest. */
  due(): boolean {
    return performance.now() >= this.#until;
  }

  async rest(): Promise<void> {
    await turn();
    this.#until = performance.now() + SLICE_MS;
  }
}
