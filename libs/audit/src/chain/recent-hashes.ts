import type { ChainEnd } from './chain.js';

/** About 20 MiB. */
const MAX_LINES = 100_000;

/** The hashes of the latest lines of all chains together, by which a line that was sent again is known. */
export class RecentHashes {
  readonly #hashes = new Map<string, string>();

  add({ chain, seq, hash }: ChainEnd): void {
    this.#hashes.set(`${chain} ${seq}`, hash);
    if (this.#hashes.size <= MAX_LINES) return;
    const [oldest] = this.#hashes.keys();
    if (oldest !== undefined) this.#hashes.delete(oldest);
  }

  /** The empty text before the first line of a chain. */
  of(chain: string, seq: number): string | undefined {
    return seq === 0 ? '' : this.#hashes.get(`${chain} ${seq}`);
  }
}
