/** What is known of one key that is written in steps 1, 2, 3, …, each after the one before it was answered or given up. */
export class KeyHistory {
  /** The highest step that was sent. */
  attempted = 0;
  /** The highest step that was acknowledged. */
  acknowledged = 0;
  /** The highest step that a read has returned. */
  #seen = 0;

  constructor(readonly key: string) {}

  /** Begins a write; answers its step. */
  attempt(): number {
    this.attempted += 1;
    return this.attempted;
  }

  acknowledge(step: number): void {
    this.acknowledged = Math.max(this.acknowledged, step);
  }

  /** Begins a read: no answer to it may be older than this. */
  floor(): number {
    return Math.max(this.acknowledged, this.#seen);
  }

  /** Ends a read that began at `floor`; answers what is wrong with what it found, 0 for no secret. */
  returned(found: number, floor: number): string | undefined {
    const { attempted } = this;
    this.#seen = Math.max(this.#seen, found);
    if (found < floor) return `${this.key} was read as step ${found} after step ${floor} was known`;
    if (found > attempted) return `${this.key} was read as step ${found} before it was sent`;
    return undefined;
  }

  /** Whether a key may hold this when nothing is under way: what was last acknowledged, or a later step. */
  mayHold(found: number): boolean {
    return found >= this.floor() && found <= this.attempted;
  }
}
