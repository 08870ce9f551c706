import type { ElapsedTime, EntryStamp } from '@coffer/coherence';
import type { SecretPath } from '@coffer/secrets';
import { LRUCache } from 'lru-cache';
import type { CacheEntry } from '../entry.js';
import type { FillLease, SharedLookup, SharedCache } from '../shared-cache.js';

export interface MemorySharedCacheOptions {
  readonly time: ElapsedTime;
  /** The maximum time to live of an entry. */
  readonly maxTtlMs: number;
  /** Entries. */
  readonly maximumSize: number;
  /** A fill that takes longer counts as abandoned. Defaults to 3,000. */
  readonly leaseMs?: number;
  /** How long the entry that another caller fills is waited for. Defaults to 60. */
  readonly waitTimeoutMs?: number;
}

interface Filling {
  readonly lease: FillLease;
  readonly until: number;
  readonly done: Promise<void>;
  readonly end: () => void;
}

/** The shared cache of readers in one process: for tests, and where several stand-ins of gateways run in one. */
export class MemorySharedCache implements SharedCache {
  readonly #entries: LRUCache<string, CacheEntry>;
  readonly #fills = new Map<string, Filling>();
  #leases = 0;

  constructor(private readonly options: MemorySharedCacheOptions) {
    this.#entries = new LRUCache({ maxSize: options.maximumSize, sizeCalculation: () => 1 });
  }

  async getOrLease(path: SecretPath, usable: (stamp: EntryStamp) => boolean): Promise<SharedLookup> {
    const key = path.toString();
    const found = this.#usable(key, usable);
    if (found !== undefined) return { kind: 'hit', entry: found };
    const filling = this.#fills.get(key);
    if (filling === undefined || this.options.time.now() >= filling.until) return this.#fill(key, path);
    await this.#waitFor(filling);
    const entry = this.#usable(key, usable);
    return entry === undefined ? { kind: 'miss' } : { kind: 'hit', entry };
  }

  fill(lease: FillLease, entry: CacheEntry): Promise<void> {
    const key = lease.path.toString();
    const filling = this.#fills.get(key);
    const now = this.options.time.now();
    if (filling?.lease.token !== lease.token || now >= filling.until) return Promise.resolve();
    const there = this.#entries.peek(key);
    if (there === undefined || there.tag <= entry.tag) {
      this.#entries.set(key, { ...entry, expires: Math.min(entry.expires, now + this.options.maxTtlMs) });
    }
    this.#end(key, filling);
    return Promise.resolve();
  }

  releaseLease(lease: FillLease): Promise<void> {
    const key = lease.path.toString();
    const filling = this.#fills.get(key);
    if (filling?.lease.token === lease.token) this.#end(key, filling);
    return Promise.resolve();
  }

  invalidate(path: SecretPath): Promise<boolean> {
    const key = path.toString();
    this.#entries.delete(key);
    const filling = this.#fills.get(key);
    if (filling !== undefined) this.#end(key, filling);
    return Promise.resolve(true);
  }

  close(): Promise<void> {
    this.#entries.clear();
    for (const [key, filling] of this.#fills) this.#end(key, filling);
    return Promise.resolve();
  }

  #usable(key: string, usable: (stamp: EntryStamp) => boolean): CacheEntry | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && this.options.time.now() < entry.expires && usable(entry) ? entry : undefined;
  }

  #fill(key: string, path: SecretPath): SharedLookup {
    const { promise, resolve } = Promise.withResolvers<void>();
    const lease: FillLease = { path, token: String((this.#leases += 1)) };
    const until = this.options.time.now() + (this.options.leaseMs ?? 3_000);
    this.#fills.set(key, { lease, until, done: promise, end: resolve });
    return { kind: 'fill', lease };
  }

  #end(key: string, filling: Filling): void {
    this.#fills.delete(key);
    filling.end();
  }

  async #waitFor({ done }: Filling): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, this.options.waitTimeoutMs ?? 60);
    await Promise.race([done, promise]);
    clearTimeout(timer);
  }
}
