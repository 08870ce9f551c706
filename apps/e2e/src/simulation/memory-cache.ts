import type { CacheEntry, FillLease, SharedCache } from '@coffer/cache';
import { MemorySharedCache } from '@coffer/cache/memory';
import { ENTRY_TTL_MS, type SeededRandom } from '@coffer/coherence/simulation';
import type { SecretPath } from '@coffer/secrets';
import type { Host } from './host.js';
import type { Schedule } from './schedule.js';

/** A call that is not answered counts as failed after this. */
const CALL_TIMEOUT_MS = 50;
const REMEMBERED = 200;

/**
 * The shipped cache in memory, in a process of its own that the others call. All clocks must be alike, since its entries
 * expire by the clock of the readers.
 */
export class MemoryCacheServer {
  readonly #cache: MemorySharedCache;
  /** Entries ever stored, of which any may come back. */
  readonly #past: { readonly path: string; readonly entry: CacheEntry }[] = [];
  /** How many calls are answered with what was, where that may be used. */
  #returns = 0;
  down = false;

  constructor(
    private readonly schedule: Schedule,
    private readonly random: SeededRandom,
    private readonly server: Host,
  ) {
    this.#cache = new MemorySharedCache({ time: server.time, maxTtlMs: ENTRY_TTL_MS, maximumSize: 1_000 });
  }

  of(host: Host): SharedCache {
    return {
      getOrLease: (path, usable) =>
        this.#call(host, { kind: 'miss' }, async () => {
          const past = this.#returns > 0 ? this.#pastOf(path) : undefined;
          this.#returns -= past === undefined ? 0 : 1;
          return past !== undefined && usable(past)
            ? { kind: 'hit', entry: past }
            : this.#cache.getOrLease(path, usable);
        }),
      fill: (lease, entry) => this.#call(host, undefined, () => this.#fill(lease, entry)),
      releaseLease: (lease) => this.#call(host, undefined, () => this.#cache.releaseLease(lease)),
      invalidate: (path) => this.#call(host, false, () => this.#cache.invalidate(path)),
      close: () => Promise.resolve(),
    };
  }

  flush(): void {
    this.server.run(() => void this.#cache.close());
  }

  /** Some entries of the past are there again. */
  resurrect(): void {
    this.#returns = 20;
  }

  #fill(lease: FillLease, entry: CacheEntry): Promise<void> {
    const place = this.#past.length < REMEMBERED ? this.#past.length : this.random.index(REMEMBERED);
    this.#past[place] = { path: lease.path.toString(), entry };
    return this.#cache.fill(lease, entry);
  }

  #pastOf(path: SecretPath): CacheEntry | undefined {
    const known = this.#past.filter((past) => past.path === path.toString());
    return known.length === 0 ? undefined : this.random.pick(known).entry;
  }

  #call<T>(host: Host, failed: T, command: () => Promise<T>): Promise<T> {
    const way = (): number => this.random.between(0.1, 1) + host.redis.slow;
    return new Promise((resolve) => {
      if (this.down || host.redis.cut) return host.after(CALL_TIMEOUT_MS, () => resolve(failed));
      this.schedule.after(way(), () => {
        const answered = (answer: T): void => host.after(way(), () => resolve(answer));
        this.server.run(() => void command().then(answered));
      });
    });
  }
}
