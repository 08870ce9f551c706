import { randomBytes } from 'node:crypto';
import type { ElapsedTime, EntryStamp } from '@coffer/coherence';
import type { KeyRing } from '@coffer/crypto';
import type { Clock, SecretPath } from '@coffer/secrets';
import type { CacheEntry } from '../entry.js';
import { EntryCodec } from '../sealed/entry-codec.js';
import type { SharedCacheMetrics } from '../shared-cache-metrics.js';
import type { FillLease, SharedLookup, SharedCache } from '../shared-cache.js';
import { RedisBreaker, type BreakerListener } from './breaker.js';
import type { Connection } from './connection.js';
import { allNamesFor, namesFor } from './names.js';
import { withScripts, type Scripts } from './scripts.js';

export interface RedisSharedCacheOptions {
  readonly connection: Connection;
  readonly ring: KeyRing;
  readonly clock: Clock;
  readonly time: ElapsedTime;
  readonly metrics: SharedCacheMetrics;
  /** Called with failures and with what comes of them. */
  readonly listener: BreakerListener;
  /** The maximum time to live of an entry; the same in every process. */
  readonly maxTtlMs: number;
  /** How long a read waits for one answer of Redis. */
  readonly timeoutMs: number;
  /** A fill that takes longer counts as abandoned. */
  readonly leaseMs: number;
  /** The pauses before each look for the entry that another caller fills. */
  readonly pollDelaysMs: readonly number[];
}

/** Characters before the envelope: the tag in hexadecimal, which the scripts compare. What is sealed is what counts. */
const TAG_LENGTH = 16;

/** Bounds `invalidate`, for which a write waits. */
const INVALIDATE_TIMEOUT_MS = 200;

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Entries in Redis, sealed, under names that say nothing. */
export class RedisSharedCache implements SharedCache {
  readonly #redis: Connection & Scripts;
  readonly #codec: EntryCodec;
  readonly #breaker: RedisBreaker;

  constructor(private readonly options: RedisSharedCacheOptions) {
    this.#redis = withScripts(options.connection);
    this.#codec = new EntryCodec(options.ring);
    this.#breaker = new RedisBreaker(options.listener);
  }

  async getOrLease(path: SecretPath, usable: (stamp: EntryStamp) => boolean): Promise<SharedLookup> {
    const { entry, lease } = namesFor(this.options.ring, path);
    const token = randomBytes(16).toString('base64url');
    const ask = (unusable: 0 | 1): Promise<Buffer | number | undefined> =>
      this.#run(() => this.#redis.cofferGetOrLeaseBuffer(entry, lease, token, this.options.leaseMs, unusable));
    let answer = await ask(0);
    if (Buffer.isBuffer(answer)) {
      const found = this.#read(path, answer, usable);
      if (found !== undefined) return this.#hit(found);
      answer = await ask(1);
    }
    const { metrics } = this.options;
    if (answer === 0) return this.#awaitEntry(path, entry, usable);
    metrics.lookup(answer === 1 ? 'fill' : 'failed');
    return answer === 1 ? { kind: 'fill', lease: { path, token } } : { kind: 'miss' };
  }

  async fill(lease: FillLease, entry: CacheEntry): Promise<void> {
    const { ring, clock, time, metrics } = this.options;
    const ttlMs = Math.floor(Math.min(entry.expires - time.now(), this.options.maxTtlMs));
    if (ttlMs < 1) return this.releaseLease(lease);
    const names = namesFor(ring, lease.path);
    const sealed = this.#codec.encode(lease.path, { ...entry, expiresAt: clock.wall() + ttlMs });
    const value = Buffer.concat([Buffer.from(entry.tag.toString(16).padStart(TAG_LENGTH, '0')), sealed]);
    const kept = await this.#run(() => this.#redis.cofferFill(names.entry, names.lease, lease.token, value, ttlMs));
    metrics.fill(kept === 1);
  }

  async releaseLease(lease: FillLease): Promise<void> {
    const names = namesFor(this.options.ring, lease.path);
    await this.#run(() => this.#redis.cofferReleaseLease(names.lease, lease.token));
  }

  async invalidate(path: SecretPath): Promise<boolean> {
    const results = await Promise.all(
      allNamesFor(this.options.ring, path).map(({ entry, lease }) =>
        this.#breaker.run(() => this.#redis.del(entry, lease), Math.max(INVALIDATE_TIMEOUT_MS, this.options.timeoutMs)),
      ),
    );
    return results.every((result) => result !== undefined);
  }

  close(): Promise<void> {
    this.#redis.disconnect();
    return Promise.resolve();
  }

  #run<T>(call: () => Promise<T>): Promise<T | undefined> {
    return this.#breaker.run(call, this.options.timeoutMs);
  }

  #hit(entry: CacheEntry): SharedLookup {
    this.options.metrics.lookup('hit');
    return { kind: 'hit', entry };
  }

  async #awaitEntry(path: SecretPath, name: string, usable: (stamp: EntryStamp) => boolean): Promise<SharedLookup> {
    for (const wait of this.options.pollDelaysMs) {
      await pause(wait);
      const value = await this.#run(() => this.#redis.getBuffer(name));
      const found = value == null ? undefined : this.#read(path, value, usable);
      if (found !== undefined) return this.#hit(found);
    }
    this.options.metrics.lookup('miss');
    return { kind: 'miss' };
  }

  /**
   * `undefined` for an entry that does not open, may not be used, or lives longer than any entry does: another process's
   * clock is ahead, and that entry's life would count from its clock.
   */
  #read(path: SecretPath, value: Buffer, usable: (stamp: EntryStamp) => boolean): CacheEntry | undefined {
    const { clock, time, metrics } = this.options;
    const shared = this.#codec.decode(path, value.subarray(TAG_LENGTH));
    if (shared === undefined) {
      metrics.unreadable();
      return undefined;
    }
    const ttlMs = shared.expiresAt - clock.wall();
    const entry = { secret: shared.secret, tag: shared.tag, expires: time.now() + ttlMs };
    return ttlMs > 0 && ttlMs <= this.options.maxTtlMs && usable(entry) ? entry : undefined;
  }
}
