/**
 * Which offsets of a partition may be committed: everything below the lowest unfinished one. Offsets are begun in
 * growing order and finish in any order.
 */
export class FinishedOffsets {
  readonly #unfinished = new Set<bigint>();
  #next: bigint;

  /** `next`: the offset from which deliveries begin. */
  constructor(next: bigint) {
    this.#next = next;
  }

  begin(offset: bigint): void {
    this.#unfinished.add(offset);
    this.#next = offset + 1n;
  }

  finish(offset: bigint): void {
    this.#unfinished.delete(offset);
  }

  /** The lowest unfinished offset, or the one after the last begun: where a successor has to begin. */
  get committable(): bigint {
    const [lowest] = this.#unfinished;
    return lowest ?? this.#next;
  }
}
