import { LRUCache } from 'lru-cache';
import type { CacheEntry } from './entry.js';

/**
 * L1: the entries in this process's memory, by path. What has expired is never given out, whatever the event loop was
 * busy with: the time of an entry is compared with `now` at each call and no timer is involved. Every `now` is a
 * reading of the same `ElapsedTime`.
 */
export class LocalCache<E extends CacheEntry = CacheEntry> {
  readonly #entries: LRUCache<string, E>;

  /** `maximumSize`: entries; beyond it the least recently used one goes. */
  constructor(maximumSize: number) {
    // Counted as sizes of one each: `max` would allocate for the maximum at once.
    this.#entries = new LRUCache({ maxSize: maximumSize, sizeCalculation: () => 1 });
  }

  get size(): number {
    return this.#entries.size;
  }

  get(path: string, now: number): E | undefined {
    const entry = this.#entries.get(path);
    if (entry === undefined || now < entry.expires) return entry;
    this.#entries.delete(path);
    return undefined;
  }

  /** As it is, whatever its time; does not count as a use. */
  peek(path: string): E | undefined {
    return this.#entries.peek(path);
  }

  /** An entry that is there already stays if it has a higher tag, or the same one and was filled later. */
  put(path: string, entry: E, now: number): void {
    if (now >= entry.expires) return;
    const there = this.#entries.peek(path);
    const later =
      there !== undefined && (there.tag > entry.tag || (there.tag === entry.tag && there.expires > entry.expires));
    if (!later) this.#entries.set(path, entry);
  }

  /** Drops the entry when its tag is below the fence. */
  evict(path: string, fence: bigint): void {
    const entry = this.#entries.peek(path);
    if (entry !== undefined && entry.tag < fence) this.#entries.delete(path);
  }

  drop(path: string): void {
    this.#entries.delete(path);
  }

  /** Drops every entry whose path is one of those. */
  forget(where: (path: string) => boolean): void {
    for (const path of [...this.#entries.keys()]) if (where(path)) this.#entries.delete(path);
  }

  /** Frees what has expired; nothing depends on it. Takes some milliseconds for 100,000 entries. */
  sweep(now: number): void {
    for (const [path, { expires }] of [...this.#entries.entries()]) if (now >= expires) this.#entries.delete(path);
  }
}
