import type { Backend, StoredSecret } from '@coffer/backend-contract';
import {
  CacheBytes,
  LocalCache,
  type CachedSecret,
  type CacheEntry,
  type FillLease,
  type SharedCache,
} from '@coffer/cache';
import type { ElapsedTime, EntryStamp, Flight, LogEntry, Reader } from '@coffer/coherence';
import type { Metrics } from '@coffer/observability';
import { SecretPath, type Clock } from '@coffer/secrets';
import type { CacheRule, CacheRules } from './cache-rules.js';
import type { Forward, Found, Served } from './found.js';
import { isBehind, LatestWrites } from './latest-writes.js';
import { LoadLimiter } from './load-limiter.js';

/** A store as cached reads see it. */
export interface CachedManager {
  readonly name: string;
  readonly backend: Pick<Backend, 'read' | 'capabilities'>;
}

export interface CoherentReadsOptions {
  readonly managerFor: (path: SecretPath) => CachedManager;
  readonly rules: CacheRules;
  readonly readerOf: (path: string) => Reader;
  /** Absent: entries stay in this process. */
  readonly shared?: SharedCache;
  readonly time: ElapsedTime;
  readonly clock: Clock;
  /** How long the log is remembered, in milliseconds. */
  readonly window: number;
  /** Of all entries in this process's memory. */
  readonly maxBytes: number;
  readonly metrics: Metrics;
}

/** When a store that answered what was before the latest write is asked again, in milliseconds after one another. */
const AGAIN = [25, 50, 100, 200, 400];
/** How far the log's clock may be from this one before a hit counts as found stale, in milliseconds. */
const SKEW = 1_000;

/** An entry with the reader of its key, so that a hit need not look for it. */
interface LocalEntry extends CacheEntry {
  readonly reader: Reader;
}

/** A value out of this process's memory. */
type Hit = { readonly secret: CachedSecret } & Extract<Served, { readonly left: number }>;

interface Flying {
  readonly flight: Flight;
  readonly answer: Promise<Found>;
}

interface Call {
  readonly path: SecretPath;
  readonly key: string;
  readonly reader: Reader;
  readonly manager: CachedManager;
  readonly local: LocalCache<LocalEntry>;
  readonly rule: CacheRule;
  readonly refresh: boolean;
  readonly forward: Forward;
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Reads of one key over L1, L2 and the store, by the leave of the key's reader (rules 1 to 4 of the protocol). A hit in
 * L1 is answered in the very step in which it is asked for.
 */
export class CoherentReads {
  readonly #locals = new Map<string, LocalCache<LocalEntry>>();
  /** Not in the figures yet. */
  #hits = 0;
  readonly #flights = new Map<string, Flying>();
  readonly #latest: LatestWrites;
  /** Of all calls to stores that are made here. */
  readonly limiter = new LoadLimiter();

  constructor(private readonly options: CoherentReadsOptions) {
    const bytes = new CacheBytes(options.maxBytes);
    for (const [name, { maximumSize }] of options.rules) this.#locals.set(name, new LocalCache(maximumSize, bytes));
    this.#latest = new LatestWrites(options.window);
    options.metrics.watchBudget('latest-writes', () => this.#latest.memory);
    options.metrics.beforeText.add(() => this.#show());
  }

  /** `refresh`: asks the store whatever is cached, and caches its answer. */
  read(path: SecretPath, refresh = false): Found | Promise<Found> {
    const { time, readerOf, managerFor, rules } = this.options;
    const manager = managerFor(path);
    const rule = rules.get(manager.name);
    const local = this.#locals.get(manager.name);
    if (rule === undefined || local === undefined) return this.#uncached(path, manager, 'bypass');
    const key = path.toString();
    const now = time.now();
    const entry = refresh ? undefined : local.get(key, now);
    if (entry?.reader.hit(key, entry, now) === true) return this.#served(entry, entry.secret, now);
    const reader = entry?.reader ?? readerOf(key);
    const flying = refresh ? undefined : this.#flights.get(key);
    if (flying !== undefined && reader.joins(flying.flight, now)) return flying.answer;
    const forward = refresh ? 'bypass' : entry === undefined ? 'miss' : 'stale';
    return this.#fly({ path, key, reader, manager, local, rule, refresh, forward }, now);
  }

  /** The value of the path, where `read` would answer it at once. `undefined` says nothing, and nothing is counted then. */
  hit(path: SecretPath): Hit | undefined {
    const { time, managerFor } = this.options;
    const key = path.toString();
    const now = time.now();
    const entry = this.#locals.get(managerFor(path).name)?.get(key, now);
    if (entry?.secret === undefined || !entry.reader.hit(key, entry, now)) return undefined;
    return this.#served(entry, entry.secret, now);
  }

  /** Whether what is known to be absent counts as a hit would. */
  admits(path: SecretPath, absence: { readonly tag: bigint; readonly since: number }): boolean {
    const rule = this.options.rules.get(this.options.managerFor(path).name);
    if (rule === undefined) return false;
    const key = path.toString();
    const stamp = { tag: absence.tag, expires: absence.since + rule.life };
    return this.options.readerOf(key).hit(key, stamp, this.options.time.now());
  }

  /** After the reader has read the record. */
  committed({ record, timestamp }: LogEntry): void {
    if (record.type !== 'COMMIT') return;
    const { path, fence } = record;
    if (this.options.readerOf(path).fence(path) !== fence || this.#readsStrongly(path)) return;
    this.#latest.committed(record, timestamp);
  }

  /** Whether the path's store never answers what was before a write, so that nothing needs to be remembered of it. */
  #readsStrongly(path: string): boolean {
    try {
      return this.options.managerFor(SecretPath.parse(path)).backend.capabilities.strongReads;
    } catch {
      return true;
    }
  }

  /** Before the entry goes: a hit long after a write was answered that it does not show is one too many. */
  evict(path: string, fence: bigint, timestamp: number): void {
    for (const local of this.#locals.values()) {
      const entry = local.peek(path);
      if (entry !== undefined && entry.tag < fence && (entry.hitAt ?? 0) > timestamp + SKEW) {
        this.options.metrics.staleReads.inc();
      }
      local.evict(path, fence);
    }
  }

  forget(where: (path: string) => boolean): void {
    for (const local of this.#locals.values()) local.forget(where);
  }

  /** Frees what has expired. */
  sweep(): void {
    for (const local of this.#locals.values()) local.sweep(this.options.time.now());
  }

  #served<S>(entry: LocalEntry, secret: S, now: number) {
    entry.hitAt = this.options.clock.wall();
    this.#hits += 1;
    return { secret, source: 'l1', left: entry.expires - now } as const;
  }

  #fly(call: Call, now: number): Promise<Found> {
    const { key, reader, path, manager } = call;
    const { metrics } = this.options;
    const flight = reader.begin(key, now);
    if (!flight.cacheable) {
      metrics[reader.blocked(key) ? 'cacheBlockedReads' : 'cacheUnleasedReads'].inc();
      return this.#uncached(path, manager, 'bypass');
    }
    const answer = this.#answer(call, flight);
    const flying = { flight, answer };
    this.#flights.set(key, flying);
    const landed = (): void => {
      if (this.#flights.get(key) === flying) this.#flights.delete(key);
    };
    answer.then(landed, landed);
    return answer;
  }

  async #answer(call: Call, flight: Flight): Promise<Found> {
    const { shared, metrics } = this.options;
    if (shared === undefined) return this.#fill(call, flight, undefined);
    const look = await shared.look(call.path, (stamp) => !call.refresh && this.#usable(call, stamp));
    if (look.kind !== 'hit') return this.#fill(call, flight, look.kind === 'fill' ? look.lease : undefined);
    const { entry } = look;
    const { time, clock } = this.options;
    const now = time.now();
    if (!this.#usable(call, entry)) return this.#fill(call, flight, undefined);
    entry.hitAt = clock.wall();
    call.local.put(call.key, { ...entry, reader: call.reader }, now);
    metrics.cacheReads.inc({ source: 'l2', reason: '' });
    return { secret: entry.secret, source: 'l2', left: entry.expires - now };
  }

  /** Asked again in the step in which the answer is given. */
  #usable({ key, reader, rule }: Call, stamp: EntryStamp): boolean {
    const now = this.options.time.now();
    return stamp.expires - now <= rule.life && reader.hitShared(key, stamp, now);
  }

  async #fill(call: Call, flight: Flight, lease: FillLease | undefined): Promise<Found> {
    const { shared, metrics, time } = this.options;
    const { key, reader, local, rule, forward } = call;
    try {
      const { secret, behind } = await this.#ask(call.path, call.manager);
      const now = time.now();
      const stores = reader.stores(flight, now);
      metrics.cacheFills.inc({ outcome: behind ? 'behind' : stores ? 'kept' : 'killed' });
      metrics.cacheReads.inc({ source: 'store', reason: forward });
      if (stores && !behind) {
        const entry: CacheEntry = { secret, tag: flight.tag, expires: flight.began + rule.life };
        local.put(key, { ...entry, reader }, now);
        if (lease !== undefined) void shared?.keep(lease, entry);
      } else if (lease !== undefined) void shared?.release(lease);
      return { secret, source: 'store', forward };
    } catch (error) {
      if (lease !== undefined) void shared?.release(lease);
      throw error;
    }
  }

  async #uncached(path: SecretPath, manager: CachedManager, forward: Forward): Promise<Found> {
    const { secret } = await this.#ask(path, manager);
    this.options.metrics.cacheReads.inc({ source: 'store', reason: forward });
    return { secret, source: 'store', forward };
  }

  /** Asks the store; one whose reads lag, again and again, shortly, while it answers what was before the latest write. */
  async #ask(path: SecretPath, { backend }: CachedManager): Promise<{ secret: CacheEntry['secret']; behind: boolean }> {
    const key = path.toString();
    for (let attempt = 0; ; attempt += 1) {
      const { strongReads } = backend.capabilities;
      const write = strongReads ? undefined : this.#latest.of(key);
      const stored = await this.limiter.run(() => backend.read(path, { signal: new AbortController().signal }));
      const wait = isBehind(stored, write) ? AGAIN[attempt] : undefined;
      if (wait === undefined) {
        const behind = isBehind(stored, write) || (!strongReads && this.#latest.isUnsure(key));
        return { secret: secretOf(stored), behind };
      }
      await pause(wait);
    }
  }

  #show(): void {
    if (this.#hits > 0) this.options.metrics.cacheReads.inc({ source: 'l1', reason: '' }, this.#hits);
    this.#hits = 0;
    this.options.metrics.storeReadsWaiting.set(this.limiter.waiting);
    this.options.metrics.storeReadsLimit.set(this.limiter.limit);
    for (const [manager, local] of this.#locals) {
      this.options.metrics.cacheEntries.set({ manager }, local.size);
      this.options.metrics.cacheBytes.set({ manager }, local.bytes);
    }
  }
}

const secretOf = (stored: StoredSecret | undefined): CacheEntry['secret'] =>
  stored && { value: stored.value, version: stored.version };
