/** The end of a sealed body authenticates all of it, and nobody can make it without the key. */
const SEAL_BYTES = 16;
/** Bytes of a seal in memory: its text and its place in a set. */
export const SEAL_MEMORY_BYTES = 70;
/** Seals in one of the two generations. */
const MAX_SEALS = 100_000;
/** What one partition's window takes up at most. */
export const SEAL_WINDOW_MAX_BYTES = 2 * MAX_SEALS * SEAL_MEMORY_BYTES;

const sealOf = (body: Buffer): string => body.toString('latin1', Math.max(0, body.length - SEAL_BYTES));

/**
 * The bodies that a partition has delivered lately, so that a copy of one is known. In the order of the queue's own
 * timestamps; a generation of seals is forgotten when all of it is older than the span, or there are too many.
 */
export class SealWindow {
  #current = new Set<string>();
  #previous = new Set<string>();
  /** The timestamp from which on the current generation counts. */
  #begun: number;
  /** Everything that was appended since then is known here. */
  #since: number;
  #evictions = 0;

  /** `spanMs`: the longest time between a body and its copy. `start`: the timestamp of what is delivered first. */
  constructor(
    private readonly spanMs: number,
    readonly start: number,
    private readonly maxSeals = MAX_SEALS,
  ) {
    this.#begun = start;
    this.#since = start;
  }

  get size(): number {
    return this.#current.size + this.#previous.size;
  }

  /** What the seals take up in memory, about. */
  get bytes(): number {
    return this.size * SEAL_MEMORY_BYTES;
  }

  /** Seals that were forgotten before their span was over, because there were too many. */
  get evictions(): number {
    return this.#evictions;
  }

  /** Whether every body is known of which one with this timestamp may be a copy. */
  covers(timestamp: number): boolean {
    return timestamp - this.spanMs >= this.#since;
  }

  /** A body that was appended before the first one here. */
  recall(body: Buffer): void {
    if (this.#current.size < this.maxSeals) this.#current.add(sealOf(body));
    else this.#evictions += 1;
  }

  /** All bodies were recalled that were appended within the span before the first one here. */
  recalled(): void {
    this.#since = Math.min(this.#since, this.start - this.spanMs);
  }

  /** Takes up a body that is delivered now. Answers whether it is a copy of an earlier one. */
  take(body: Buffer, timestamp: number): boolean {
    if (timestamp - this.#begun > this.spanMs || this.#current.size >= this.maxSeals) this.#rotate(timestamp);
    const seal = sealOf(body);
    if (this.#current.has(seal) || this.#previous.has(seal)) return true;
    this.#current.add(seal);
    return false;
  }

  #rotate(timestamp: number): void {
    if (timestamp - this.#begun <= this.spanMs) this.#evictions += this.#previous.size;
    this.#since = Math.max(this.#since, this.#begun);
    this.#previous = this.#current;
    this.#current = new Set();
    this.#begun = timestamp;
  }
}
