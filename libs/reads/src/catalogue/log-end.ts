import type { CoherenceLog } from '@coffer/messaging';

/** In milliseconds: how long a list waits for the log's end, and how long when the last one waited in vain. */
const PATIENCE = 500;
const SHORT_PATIENCE = 50;

/** Reads on to where the log ends when a list begins, and knows when that last went well. */
export class LogEnd {
  #confirmed: number;
  #failed = false;

  constructor(
    private readonly log: Pick<CoherenceLog, 'reachEnd'>,
    private readonly now: () => number,
  ) {
    this.#confirmed = now();
  }

  /** How old what was read may be, in milliseconds; `undefined` when it is complete as of this call. Never throws. */
  async age(): Promise<number | undefined> {
    const asked = this.now();
    try {
      await this.log.reachEnd(AbortSignal.timeout(this.#failed ? SHORT_PATIENCE : PATIENCE));
      this.#failed = false;
      this.#confirmed = Math.max(this.#confirmed, asked);
      return undefined;
    } catch {
      this.#failed = true;
      return this.now() - this.#confirmed;
    }
  }
}
