import { failure } from './failure.js';

/**
 * One at a time for each name, in the order of coming. The vault has no condition, so two writes of one process that
 * overlap could pass each other between look and PUT.
 */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Throws `timeout` when the signal fires first; the turn is then left out. */
  async take<T>(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name) ?? Promise.resolve();
    const { promise: done, resolve: release } = Promise.withResolvers<void>();
    const after = before.then(() => done);
    this.#last.set(name, after);
    try {
      await this.#reached(before, signal);
      return await work();
    } finally {
      release();
      if (this.#last.get(name) === after) this.#last.delete(name);
    }
  }

  #reached(before: Promise<void>, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = (): void => reject(failure('timeout', 'an earlier write of the secret was not over in time'));
      if (signal.aborted) return late();
      signal.addEventListener('abort', late, { once: true });
      void before.then(() => {
        signal.removeEventListener('abort', late);
        resolve();
      });
    });
  }
}
