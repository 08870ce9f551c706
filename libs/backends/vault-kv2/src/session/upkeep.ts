/** Longest that a timer can be set to, in milliseconds. */
const MAX_TIMER_MS = 2_147_483_647;
/** Seconds: what is nearer to its end than that is left to the call that finds it expired. */
const MIN_LIFETIME_SECONDS = 1;

/** Sees to something before its time is over, and again where that fails. One timer, which keeps no process alive. */
export class Upkeep {
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  /**
   * Does the work at two thirds of the time, in seconds, and for as long as it fails at two thirds of what is left.
   * Replaces what was planned before.
   */
  plan(time: number, work: () => Promise<void>): void {
    clearTimeout(this.#timer);
    if (this.#ended || time < MIN_LIFETIME_SECONDS) return;
    const run = (): void => void work().catch(() => this.plan(time / 3, work));
    this.#timer = setTimeout(run, Math.min((time * 2_000) / 3, MAX_TIMER_MS)).unref();
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }
}
