import { createHash } from 'node:crypto';

/** The same throws for the same seed. */
export class Dice {
  #thrown = 0;

  constructor(private readonly seed: string) {}

  /** In [0, 1). */
  throw(): number {
    const digest = createHash('sha256')
      .update(`${this.seed} ${(this.#thrown += 1)}`)
      .digest();
    return digest.readUInt32BE() / 2 ** 32;
  }

  /** A whole number in [0, count). */
  index(count: number): number {
    return Math.floor(this.throw() * count);
  }
}
