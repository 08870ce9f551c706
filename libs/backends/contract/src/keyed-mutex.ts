import { raceAbort } from './race-abort.js';

/** Runs one piece of work of a key at a time in this process, in the order in which they were asked for. */
export class KeyedMutex {
  readonly #last = new Map<string, Promise<void>>();

  /** `late` makes the error of work that cannot begin before its signal fires. */
  constructor(private readonly late: () => Error) {}

  /** Work whose signal fires while it waits leaves the order of the others as it is. */
  async run<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const { promise: mine, resolve: release } = Promise.withResolvers<void>();
    const done = before === undefined ? mine : before.then(() => mine);
    this.#last.set(key, done);
    void done.then(() => {
      if (this.#last.get(key) === done) this.#last.delete(key);
    });
    try {
      if (before !== undefined) await raceAbort(signal, before, this.late);
      return await work();
    } finally {
      release();
    }
  }
}
