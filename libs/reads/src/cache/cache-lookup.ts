import type { Backend } from '@coffer/backend-contract';
import { CacheBytes, LocalCache, type CacheEntry, type FillLease, type SharedCache } from '@coffer/cache';
import {
  ALL_RULES,
  type ElapsedTime,
  type EntryStamp,
  type LogEntry,
  type Reader,
  type Rules,
  type StoreLoad,
} from '@coffer/coherence';
import type { Metrics } from '@coffer/observability';
import { SecretPath, type Clock } from '@coffer/secrets';
import type { ForwardReason } from '../cache-status.js';
import { cachedSecretOf, type Lookup, type LookupResult } from '../lookup.js';
import type { CacheRule, CacheRules } from './cache-rules.js';
import { isBehind, LatestWrites } from './latest-writes.js';
import { LoadLimiter } from './load-limiter.js';

/** A store as cached reads see it. */
interface CachedStore {
  readonly name: string;
  readonly backend: Pick<Backend, 'read' | 'capabilities'>;
}

/** What is known to be absent, and since when on the clock of the readers. */
export type AbsenceOf = (path: SecretPath) => { readonly tag: bigint; readonly since: number } | undefined;

export interface CacheLookupOptions {
  readonly storeOf: (path: SecretPath) => CachedStore;
  readonly rules: CacheRules;
  readonly readerOf: (path: string) => Reader;
  /** A path that is known to hold nothing is absent where a hit would be served. */
  readonly absenceOf: AbsenceOf;
  /** Cache that several gateways share. Without it, entries stay in this process. */
  readonly shared?: SharedCache;
  readonly time: ElapsedTime;
  readonly clock: Clock;
  /** How long the log is remembered. */
  readonly windowMs: number;
  /** Limit for all entries in this process's memory. */
  readonly maxBytes: number;
  readonly metrics: Metrics;
  /** Which rules of the protocol are obeyed. Defaults to all; only tests leave one out. */
  readonly protocolRules?: Rules;
}

/** Pauses before a store that answered what was before the latest write is asked again, one after the other. */
const RETRY_DELAYS_MS = [25, 50, 100, 200, 400];
/** How far the log's clock may be from this one before a hit counts as found stale. */
const MAX_CLOCK_SKEW_MS = 1_000;

/** An entry with the reader of its key, so that a hit need not look for it. */
interface LocalEntry extends CacheEntry {
  readonly reader: Reader;
}

interface InFlightLoad {
  readonly flight: StoreLoad;
  readonly result: Promise<LookupResult>;
}

interface Load {
  readonly path: SecretPath;
  readonly key: string;
  readonly reader: Reader;
  readonly store: CachedStore;
  readonly local: LocalCache<LocalEntry>;
  readonly rule: CacheRule;
  readonly refresh: boolean;
  readonly forward: ForwardReason;
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Looks keys up in L1, L2 and the store, as far as the key's reader allows (rules 1 to 4 of the protocol). A hit in L1 is
 * answered in the very step in which it is asked for.
 */
export class CacheLookup implements Lookup {
  readonly #locals = new Map<string, LocalCache<LocalEntry>>();
  /** Hits in L1 that the metrics do not show yet. */
  #hits = 0;
  readonly #inFlight = new Map<string, InFlightLoad>();
  readonly #latestWrites: LatestWrites;
  readonly #obeyed: Rules;
  /** Bounds all calls to stores that are made here. */
  readonly limiter = new LoadLimiter();

  constructor(private readonly options: CacheLookupOptions) {
    this.#obeyed = options.protocolRules ?? ALL_RULES;
    const bytes = new CacheBytes(options.maxBytes);
    for (const [name, { maximumSize }] of options.rules) this.#locals.set(name, new LocalCache(maximumSize, bytes));
    this.#latestWrites = new LatestWrites(options.windowMs);
    options.metrics.watchBudget('latest-writes', () => this.#latestWrites.memory);
    options.metrics.onScrape.add(() => this.#show());
  }

  /** Looks a path up in the caches, then in the store. `refresh`: the store is asked whatever is cached, and its answer is cached. */
  read(path: SecretPath, refresh = false): LookupResult | Promise<LookupResult> {
    const { time, readerOf, storeOf, rules } = this.options;
    const store = storeOf(path);
    const rule = rules.get(store.name);
    const local = this.#locals.get(store.name);
    if (rule === undefined || local === undefined) return this.#uncached(path, store, 'bypass');
    const key = path.toString();
    const now = time.now();
    const entry = refresh ? undefined : local.get(key, now);
    if (entry?.reader.hit(key, entry, now) === true) return this.#hit(entry, entry.secret, now);
    const reader = entry?.reader ?? readerOf(key);
    const load = refresh ? undefined : this.#inFlight.get(key);
    if (load !== undefined && reader.mayJoin(load.flight, now)) return load.result;
    const forward = refresh ? 'bypass' : entry === undefined ? 'miss' : 'stale';
    return this.#startLoad({ path, key, reader, store, local, rule, refresh, forward }, now);
  }

  /** A value in L1, or what the catalogue knows to be absent. Nothing is counted where the answer is unknown. */
  cached(path: SecretPath) {
    const { time, storeOf } = this.options;
    const key = path.toString();
    const now = time.now();
    const store = storeOf(path);
    const entry = this.#locals.get(store.name)?.get(key, now);
    if (entry?.secret !== undefined && entry.reader.hit(key, entry, now)) return this.#hit(entry, entry.secret, now);
    return this.#isAbsent(path, key, store, now) ? 'absent' : undefined;
  }

  /** After the reader has read the record. */
  committed({ record, timestamp }: LogEntry): void {
    if (record.type !== 'COMMIT') return;
    const { path, fence } = record;
    if (this.options.readerOf(path).fence(path) !== fence || this.#readsStrongly(path)) return;
    this.#latestWrites.committed(record, timestamp);
  }

  /** Whether the path's store never answers what was before a write, so that nothing needs to be remembered of it. */
  #readsStrongly(path: string): boolean {
    const parsed = SecretPath.tryParse(path);
    return parsed === undefined || this.options.storeOf(parsed).backend.capabilities.strongReads;
  }

  /** Before the entry goes: a hit long after a write was answered that it does not show is one too many. */
  evict(path: string, fence: bigint, timestamp: number): void {
    for (const local of this.#locals.values()) {
      const entry = local.peek(path);
      if (entry !== undefined && entry.tag < fence && (entry.hitAt ?? 0) > timestamp + MAX_CLOCK_SKEW_MS) {
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

  #hit<S>(entry: LocalEntry, secret: S, now: number) {
    entry.hitAt = this.options.clock.wall();
    this.#hits += 1;
    return { secret, source: 'l1', remainingTtlMs: entry.expires - now } as const;
  }

  /** An absence counts only where a hit would. */
  #isAbsent(path: SecretPath, key: string, store: CachedStore, now: number): boolean {
    const absence = this.options.absenceOf(path);
    const rule = absence && this.options.rules.get(store.name);
    if (absence === undefined || rule === undefined) return false;
    const stamp = { tag: absence.tag, expires: absence.since + rule.lifeMs };
    return this.options.readerOf(key).hit(key, stamp, now) || !this.#obeyed.absence;
  }

  #startLoad(call: Load, now: number): Promise<LookupResult> {
    const { key, reader, path, store } = call;
    const { metrics } = this.options;
    const flight = reader.beginLoad(key, now);
    if (!flight.cacheable) {
      metrics[reader.blocked(key) ? 'cacheBlockedReads' : 'cacheUnleasedReads'].inc();
      return this.#uncached(path, store, 'bypass');
    }
    const load = { flight, result: this.#load(call, flight) };
    this.#inFlight.set(key, load);
    const end = (): void => {
      if (this.#inFlight.get(key) === load) this.#inFlight.delete(key);
    };
    load.result.then(end, end);
    return load.result;
  }

  async #load(call: Load, flight: StoreLoad): Promise<LookupResult> {
    const { shared, metrics } = this.options;
    if (shared === undefined) return this.#fill(call, flight, undefined);
    const look = await shared.getOrLease(call.path, (stamp) => !call.refresh && this.#usable(call, stamp));
    if (look.kind !== 'hit') return this.#fill(call, flight, look.kind === 'fill' ? look.lease : undefined);
    const { entry } = look;
    const { time, clock } = this.options;
    const now = time.now();
    if (!this.#usable(call, entry)) return this.#fill(call, flight, undefined);
    entry.hitAt = clock.wall();
    call.local.put(call.key, { ...entry, reader: call.reader }, now);
    metrics.cacheReads.inc({ source: 'l2', reason: '' });
    return { secret: entry.secret, source: 'l2', remainingTtlMs: entry.expires - now };
  }

  /** Asked again in the step in which the answer is given. */
  #usable({ key, reader, rule }: Load, stamp: EntryStamp): boolean {
    const now = this.options.time.now();
    return stamp.expires - now <= rule.lifeMs && reader.hitShared(key, stamp, now);
  }

  async #fill(call: Load, flight: StoreLoad, lease: FillLease | undefined): Promise<LookupResult> {
    const { shared, metrics, time } = this.options;
    const { key, reader, local, rule, forward } = call;
    try {
      const { secret, behind: lags } = await this.#ask(call.path, call.store);
      const now = time.now();
      const stores = reader.mayFill(flight, now) || !this.#obeyed.fill;
      const behind = lags && this.#obeyed.lag;
      metrics.cacheFills.inc({ outcome: behind ? 'behind' : stores ? 'kept' : 'killed' });
      metrics.cacheReads.inc({ source: 'store', reason: forward });
      if (stores && !behind) {
        const entry: CacheEntry = { secret, tag: flight.tag, expires: flight.began + rule.lifeMs };
        local.put(key, { ...entry, reader }, now);
        if (lease !== undefined) void shared?.fill(lease, entry);
      } else if (lease !== undefined) void shared?.releaseLease(lease);
      return { secret, source: 'store', forward };
    } catch (error) {
      if (lease !== undefined) void shared?.releaseLease(lease);
      throw error;
    }
  }

  async #uncached(path: SecretPath, store: CachedStore, forward: ForwardReason): Promise<LookupResult> {
    const { secret } = await this.#ask(path, store);
    this.options.metrics.cacheReads.inc({ source: 'store', reason: forward });
    return { secret, source: 'store', forward };
  }

  /** Asks the store; one whose reads lag, again and again, shortly, while it answers what was before the latest write. */
  async #ask(path: SecretPath, { backend }: CachedStore): Promise<{ secret: CacheEntry['secret']; behind: boolean }> {
    const key = path.toString();
    for (let attempt = 0; ; attempt += 1) {
      const { strongReads } = backend.capabilities;
      const write = strongReads ? undefined : this.#latestWrites.of(key);
      const stored = await this.limiter.run(() => backend.read(path, { signal: new AbortController().signal }));
      const wait = isBehind(stored, write) ? RETRY_DELAYS_MS[attempt] : undefined;
      if (wait === undefined) {
        const behind = isBehind(stored, write) || (!strongReads && this.#latestWrites.isUnsure(key));
        return { secret: cachedSecretOf(stored), behind };
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
