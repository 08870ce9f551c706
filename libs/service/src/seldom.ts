import type { Clock } from '@coffer/secrets';

/** How long a message that was passed on is only counted, in milliseconds. */
const QUIET = 10_000;
/** Messages remembered at most; all are forgotten beyond that. */
const REMEMBERED = 200;

/** Keeps a client that says the same many times a second, while a broker is away for instance, from filling the log. */
export class Seldom {
  readonly #passed = new Map<string, { readonly at: number; repeated: number }>();

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

  /** How often the message came since it was last passed on, if it is time to pass it on; `undefined` where it is not. */
  repeated(message: string): number | undefined {
    const now = this.clock.monotonic();
    const before = this.#passed.get(message);
    if (before !== undefined && now - before.at < QUIET) {
      before.repeated += 1;
      return undefined;
    }
    if (this.#passed.size >= REMEMBERED) this.#passed.clear();
    this.#passed.set(message, { at: now, repeated: 0 });
    return before?.repeated ?? 0;
  }
}
