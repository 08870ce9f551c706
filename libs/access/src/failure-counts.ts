import { LRUCache } from 'lru-cache';
import type { Clock } from '@coffer/secrets';

/** Bounds each of the two memories, some 2 MB: entries are as long whatever is sent. What failed longest ago is forgotten first. */
const MAX_ENTRIES = 10_000;

const memoryOf = (clock: Clock, windowMs: number): LRUCache<string, number> =>
  new LRUCache({
    max: MAX_ENTRIES,
    ttl: windowMs,
    ttlResolution: 0,
    noUpdateTTL: true,
    perf: { now: () => clock.monotonic() },
  });

/**
 * Failures of each key in a window that begins with its first. Keys that have reached the limit are kept apart, so that
 * others do not push them out.
 */
export class FailureCounts {
  readonly #open: LRUCache<string, number>;
  readonly #refused: LRUCache<string, number>;

  constructor(
    clock: Clock,
    windowMs: number,
    private readonly limit: number,
  ) {
    this.#open = memoryOf(clock, windowMs);
    this.#refused = memoryOf(clock, windowMs);
  }

  get size(): number {
    return this.#open.size + this.#refused.size;
  }

  /** Milliseconds until the key may fail again; `undefined` where it may now. */
  waitMsOf(key: string): number | undefined {
    return this.#refused.get(key) === undefined ? undefined : this.#refused.getRemainingTTL(key);
  }

  /** Adds to what is counted of the key; takes nothing from a key of which nothing is. */
  add(key: string, change: 1 | -1): void {
    const refused = this.#refused.get(key);
    const from = refused === undefined ? this.#open : this.#refused;
    const before = refused ?? this.#open.get(key);
    if (before === undefined && change < 0) return;
    const count = (before ?? 0) + change;
    const to = count < this.limit ? this.#open : this.#refused;
    if (from === to || before === undefined) {
      to.set(key, count);
      return;
    }
    // A time of 0 would mean for ever.
    const ttl = Math.max(1, Math.ceil(from.getRemainingTTL(key)));
    from.delete(key);
    to.set(key, count, { ttl });
  }
}
