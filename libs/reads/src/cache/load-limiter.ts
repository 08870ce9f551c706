/** How many calls may be under way at once, from the most to the least that is left of it. */
const LIMITS = { most: 256, least: 2 };
/** An event loop that is later than this, in milliseconds, is overloaded. */
const LATE_MS = 100;
/** The factors by which the limit falls and rises with each look at the event loop. */
const CHANGE = { fall: 0.5, rise: 1.25 };

/**
 * Bounds how many uncached reads are under way at once, by how late the event loop is. Without it a process that is
 * short of processor time takes up every read that comes, each turn of its event loop takes a second, and its lease, which
 * needs several turns within two seconds, is lost; then all reads ask the store, which costs many times what a hit
 * costs, and it does not get its lease back. Reads beyond the bound wait in their order; none is refused.
 */
export class LoadLimiter {
  #limit = LIMITS.most;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** How many may be under way now. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** How many wait for their turn. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** A timer fired so many milliseconds after it was due. To be called a few times a second. */
  timerLate(lateMs: number): void {
    this.#limit =
      lateMs > LATE_MS
        ? Math.max(LIMITS.least, Math.min(this.#limit, this.#running + this.#waiting.length) * CHANGE.fall)
        : Math.min(LIMITS.most, this.#limit * CHANGE.rise);
    this.#admit();
  }

  /** Makes the call as soon as there is room. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    if (this.#running >= this.limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await call();
    } finally {
      this.#running -= 1;
      this.#admit();
    }
  }

  #admit(): void {
    while (this.#running < this.limit) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#running += 1;
      next();
    }
  }
}
