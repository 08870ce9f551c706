/** Mulberry32: the same sequence for the same seed everywhere, for simulations and workloads; not for secrets. */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = Math.imul(seed, 0x9e3779b1) | 0;
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** In [low, high). */
  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  /** A whole number in [0, count). */
  index(count: number): number {
    return Math.floor(this.next() * count);
  }

  /** A whole number in [low, high]. */
  integer(low: number, high: number): number {
    return low + this.index(high - low + 1);
  }

  pick<T>(list: readonly T[]): T {
    const picked = list[this.index(list.length)];
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  }

  shuffled<T>(list: readonly T[]): T[] {
    return list
      .map((entry) => ({ entry, place: this.next() }))
      .sort((a, b) => a.place - b.place)
      .map(({ entry }) => entry);
  }
}
