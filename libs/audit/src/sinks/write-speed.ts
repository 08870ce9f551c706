/** A write that holds up the process for longer, which no busy machine explains, has the next ones made by another thread. */
const QUICK_MS = 50;
/** For that long. */
const RECOVERY_MS = 5_000;

/** Whether writes that hold up the process are quick enough to be made. */
export class WriteSpeed {
  #slowUntilMs = -Infinity;

  /** `now`: milliseconds that never go back. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  isQuick(): boolean {
    return this.now() >= this.#slowUntilMs;
  }

  /** Rethrows what `write` throws. */
  measure<T>(write: () => T): T {
    const began = this.now();
    try {
      return write();
    } finally {
      const ended = this.now();
      if (ended - began > QUICK_MS) this.#slowUntilMs = ended + RECOVERY_MS;
    }
  }
}
