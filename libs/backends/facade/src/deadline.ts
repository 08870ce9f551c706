import { raceAbort } from '@coffer/backend-contract';
import { CofferError } from '@coffer/secrets';

/** The latest moment for one call: its caller's signal or `milliseconds` from now, whichever comes first. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #abort = (): void => this.#controller.abort();

  constructor(
    private readonly caller: AbortSignal,
    milliseconds: number,
    private readonly store: string,
  ) {
    this.#timer = setTimeout(this.#abort, milliseconds);
    if (caller.aborted) this.#abort();
    else caller.addEventListener('abort', this.#abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Throws `timeout` with the detail `reached: false` when it has passed: the store was not asked. */
  assertAhead(): void {
    if (!this.signal.aborted) return;
    const message = `${this.store}: the call's time was over before the store could be asked`;
    throw new CofferError('timeout', message, { store: this.store, reached: false });
  }

  /** The work's outcome, or `timeout` as soon as the deadline passes, whether or not the work heeds the signal. */
  async race<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.assertAhead();
    return raceAbort(
      this.signal,
      () => work(this.signal),
      () => new CofferError('timeout', `${this.store}: the store did not answer in time`, { store: this.store }),
    );
  }

  /** Frees timer and listener; the signal then never fires. */
  end(): void {
    clearTimeout(this.#timer);
    this.caller.removeEventListener('abort', this.#abort);
  }
}
