import { LRUCache } from 'lru-cache';
import type { CacheEntry } from './entry.js';

/** What an entry costs beside its texts, roughly: its objects, its place in the map and in the list of uses. */
const ENTRY_BYTES = 400;

/** At most what V8 keeps of a text: a byte for each character where all are ASCII, two where one may not be. */
const bytesOf = (text: string): number => (Buffer.byteLength(text) === text.length ? text.length : 2 * text.length);

const entryBytes = ({ secret }: CacheEntry, path: string): number =>
  ENTRY_BYTES + bytesOf(path) + (secret === undefined ? 0 : bytesOf(secret.value.reveal()) + bytesOf(secret.version));

/** A cache that can make room. */
interface Shrinkable {
  readonly bytes: number;
  evictLeastRecentlyUsed(): void;
}

/** Bytes of the entries of several local caches together. The largest cache makes room. */
export class CacheBytes {
  readonly #caches: Shrinkable[] = [];

  constructor(private readonly maxBytes: number) {}

  add(cache: Shrinkable): void {
    this.#caches.push(cache);
  }

  makeRoom(): void {
    while (this.#caches.reduce((sum, { bytes }) => sum + bytes, 0) > this.maxBytes) {
      this.#caches.reduce((largest, cache) => (cache.bytes > largest.bytes ? cache : largest)).evictLeastRecentlyUsed();
    }
  }
}

/**
 * L1: the entries in this process's memory, by path. What has expired is never given out, whatever the event loop was
 * busy with: the time of an entry is compared with `now` at each call and no timer is involved. Every `now` is a
 * reading of the same `ElapsedTime`.
 */
export class LocalCache<E extends CacheEntry = CacheEntry> {
  readonly #entries: LRUCache<string, E>;

  /** `maximumSize`: entries; beyond it, or beyond the bytes, the least recently used one goes. */
  constructor(
    private readonly maximumSize: number,
    private readonly shared = new CacheBytes(Infinity),
  ) {
    // Bounded by `put`: `max` would allocate for the maximum at once, and an entry over `maxSize` would not replace one.
    this.#entries = new LRUCache<string, E>({ maxSize: Number.MAX_SAFE_INTEGER, sizeCalculation: entryBytes });
    shared.add(this);
  }

  /** About what the entries take of the memory. */
  get bytes(): number {
    return this.#entries.calculatedSize;
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

  /** Answers the entry also when it has expired; does not count as a use. */
  peek(path: string): E | undefined {
    return this.#entries.peek(path);
  }

  /** An entry that is there already stays if it has a higher tag, or the same one and was filled later. */
  put(path: string, entry: E, now: number): void {
    if (now >= entry.expires) return;
    const there = this.#entries.peek(path);
    const later =
      there !== undefined && (there.tag > entry.tag || (there.tag === entry.tag && there.expires > entry.expires));
    if (later) return;
    this.#entries.set(path, entry);
    if (this.#entries.size > this.maximumSize) this.evictLeastRecentlyUsed();
    this.shared.makeRoom();
  }

  evictLeastRecentlyUsed(): void {
    this.#entries.pop();
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
