import type { CoherenceLog } from '@coffer/messaging';

/** How long a list waits for the log's end, and how long when the last one waited in vain. */
const CATCH_UP_TIMEOUT_MS = 500;
const REPEATED_TIMEOUT_MS = 50;

/** Waits until the log is read to where it ended when a list began, and knows when that last went well. */
export class CatchUpProbe {
  #confirmed: number;
  #failed = false;

  constructor(
    private readonly log: Pick<CoherenceLog, 'reachEnd'>,
    private readonly now: () => number,
  ) {
    this.#confirmed = now();
  }

  /** How many milliseconds of the log may be missing; `undefined` when it is complete as of this call. Never throws. */
  async stalenessMs(): Promise<number | undefined> {
    const asked = this.now();
    try {
      await this.log.reachEnd(AbortSignal.timeout(this.#failed ? REPEATED_TIMEOUT_MS : CATCH_UP_TIMEOUT_MS));
      this.#failed = false;
      this.#confirmed = Math.max(this.#confirmed, asked);
      return undefined;
    } catch {
      this.#failed = true;
      return this.now() - this.#confirmed;
    }
  }
}
