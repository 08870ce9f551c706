import { raceAbort } from './race-abort.js';

/** One piece of work of a name at a time in this process, in the order of coming. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** `late`: what is thrown to whoever cannot begin before its signal fires. */
  constructor(private readonly late: () => Error) {}

  /** Whoever gives up leaves the order of the others as it is. */
  async take<T>(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name);
    const { promise: mine, resolve: release } = Promise.withResolvers<void>();
    const turn = before === undefined ? mine : before.then(() => mine);
    this.#last.set(name, turn);
    void turn.then(() => {
      if (this.#last.get(name) === turn) this.#last.delete(name);
    });
    try {
      if (before !== undefined) await raceAbort(signal, before, this.late);
      return await work();
    } finally {
      release();
    }
  }
}
