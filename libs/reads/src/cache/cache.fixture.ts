import type { Backend, StoredSecret } from '@coffer/backend-contract';
import type { HeartbeatMailbox, SharedCache } from '@coffer/cache';
import { MemoryMailbox, MemorySharedCache } from '@coffer/cache/memory';
import {
  DEFAULT_TIMING,
  ElapsedTime,
  type Heartbeat,
  type LogEntry,
  type LogRecord,
  type Rules,
} from '@coffer/coherence';
import { memoryMessaging, partitionOf, shardOf, type Messaging } from '@coffer/messaging';
import { Metrics } from '@coffer/observability';
import type { SecretPath } from '@coffer/secrets';
import { fenceOf, SecretValue, type Clock } from '@coffer/secrets';
import type { CacheRule } from './cache-rules.js';
import { ReadService } from '../read-service.js';
import { ReadCache } from './read-cache.js';
import type { AbsenceOf } from './cache-lookup.js';

export const TOPOLOGY = { partitions: 4, shards: 2 };

/** Moves by hand; both readings alike. */
export class HandClock implements Clock {
  #now = 1_000_000;
  monotonic = (): number => this.#now;
  wall = (): number => this.#now;
  pass(milliseconds: number): void {
    this.#now += milliseconds;
  }
}

/** A store that counts its calls, answers when it is told to, and can lag behind. */
export class CountingStore {
  readonly secrets = new Map<string, StoredSecret>();
  /** Answers of reads that lag, first to last; `undefined` in it is an absent secret. */
  readonly lagging: (StoredSecret | undefined)[] = [];
  reads = 0;
  strong = true;
  failure: Error | undefined;
  /** While set, calls wait for it after they have looked. */
  gate: Promise<void> | undefined;

  put(path: SecretPath, value: string, fence?: bigint): void {
    this.secrets.set(path.toString(), stored(value, fence));
  }

  get backend(): Pick<Backend, 'read' | 'capabilities'> {
    return {
      capabilities: { strongReads: this.strong } as Backend['capabilities'],
      read: async (path, { signal }) => {
        if (signal.aborted) throw new Error('the call was ended before it began');
        this.reads += 1;
        if (this.failure !== undefined) throw this.failure;
        const found = this.lagging.length > 0 ? this.lagging.shift() : this.secrets.get(path.toString());
        await this.gate;
        return found;
      },
    };
  }
}

export const stored = (value: string, fence?: bigint): StoredSecret => ({
  value: new SecretValue(value),
  metadata: { tags: [] },
  version: `v-${value}`,
  revision: 1,
  ...(fence === undefined ? {} : { fence: fenceOf(1, fence) }),
});

export interface BenchOptions {
  readonly maxBytes?: number;
  readonly rule?: Partial<CacheRule>;
  readonly mode?: 'strict' | 'bounded';
  readonly shared?: boolean;
  readonly gateways?: number;
  readonly absenceOf?: AbsenceOf;
  /** The name of the store that has every path; one rule there is, that of `default`. */
  readonly storeName?: string;
  readonly protocolRules?: Rules;
}

/** Gateways on one log, with a hand that plays worker and coordinator. */
export class CacheBench {
  readonly clock = new HandClock();
  readonly time = new ElapsedTime(this.clock);
  readonly store = new CountingStore();
  readonly metrics = new Metrics();
  readonly mailbox: HeartbeatMailbox = new MemoryMailbox();
  readonly heartbeats: Heartbeat[] = [];
  readonly shared: SharedCache | undefined;
  readonly caches: ReadCache[];
  /** How often a gateway said that it may have missed records. */
  suspected = 0;
  #offset = 0n;
  #fence = 0n;

  constructor(options: BenchOptions = {}) {
    this.mailbox.listen((heartbeat) => this.heartbeats.push(heartbeat));
    const rule = { maximumSize: 100, lifeMs: 60_000, ...options.rule };
    this.shared =
      options.shared === false
        ? undefined
        : new MemorySharedCache({ time: this.time, maxTtlMs: rule.lifeMs, maximumSize: 100, waitTimeoutMs: 20 });
    const { clock, time, metrics, mailbox, shared, store } = this;
    const messaging: Messaging = memoryMessaging(TOPOLOGY, 60_000, clock);
    this.caches = Array.from(
      { length: options.gateways ?? 1 },
      () =>
        new ReadCache({
          ...{ messaging, timing: DEFAULT_TIMING, clock, time, metrics, mailbox, mode: options.mode ?? 'strict' },
          rules: new Map([['default', rule]]),
          ...(shared && { shared }),
          registry: { of: () => ({ name: options.storeName ?? 'default', backend: store.backend }) as never },
          maxBytes: options.maxBytes ?? Infinity,
          absenceOf: options.absenceOf ?? (() => undefined),
          markSuspect: () => void (this.suspected += 1),
          ...(options.protocolRules && { protocolRules: options.protocolRules }),
          logger: { warn: () => undefined },
        }),
    );
    this.everyShard((shard) => this.log(shard, { type: 'EPOCH', claim: 'c' }));
  }

  cache(index = 0): ReadCache {
    return this.caches[index] as ReadCache;
  }

  reads(index = 0): ReadService {
    return new ReadService(this.cache(index).lookup);
  }

  everyShard(act: (shard: number) => void): void {
    for (let shard = 0; shard < TOPOLOGY.shards; shard += 1) act(shard);
  }

  log(shard: number, record: LogRecord): void {
    const entry = { shard, offset: this.#offset, timestamp: this.clock.wall(), record };
    this.#offset += 1n;
    for (const cache of this.caches) cache.read(entry);
  }

  /** Grants everything that was asked for so far. */
  grant(): void {
    const asked = this.heartbeats.splice(0).filter(({ nonce }) => nonce !== undefined);
    this.everyShard((shard) => {
      const leases = asked
        .filter((heartbeat) => heartbeat.shard === shard)
        .map(({ instance, nonce }) => ({ instance, nonce: nonce ?? 0 }));
      this.log(shard, { type: 'GRANT', epoch: BigInt(shard), leases });
    });
  }

  prepare(path: SecretPath): bigint {
    this.#fence += 1n;
    this.log(this.#shard(path), { type: 'PREPARE', ...this.#owned(path, this.#fence), prepareNumber: 1 });
    return this.#fence;
  }

  commit(path: SecretPath, fence: bigint, kind: 'put' | 'delete' | 'drop' = 'put'): void {
    const end = { kind, fingerprint: '', outcome: 'applied', sealed: new Uint8Array() } as const;
    this.log(this.#shard(path), { type: 'COMMIT', ...this.#owned(path, fence), ...end });
  }

  /** A COMMIT that the log took at that time and that nobody has read yet. */
  entryOfCommit(path: SecretPath, fence: bigint, timestamp: number): LogEntry {
    const end = { kind: 'put', fingerprint: '', outcome: 'applied', sealed: new Uint8Array() } as const;
    this.#offset += 1n;
    const record = { type: 'COMMIT', ...this.#owned(path, fence), ...end } as const;
    return { shard: this.#shard(path), offset: this.#offset, timestamp, record };
  }

  /** A whole write through Coffer, with the store in its middle. */
  async write(path: SecretPath, value: string): Promise<void> {
    const fence = this.prepare(path);
    await this.shared?.invalidate(path);
    this.store.put(path, value, fence);
    this.commit(path, fence);
  }

  async read(path: SecretPath, { gateway = 0, refresh = false, inherit = false } = {}) {
    const found = await this.reads(gateway).resolve({ path, inherit, refresh, visible: () => true });
    return { value: found.value.reveal(), cacheStatus: found.cacheStatus, namespace: found.path.namespace };
  }

  async figure(name: string, labels: Record<string, string> = {}): Promise<number> {
    this.metrics.onScrape.forEach((refresh) => refresh());
    const metric = await this.metrics.registry.getSingleMetric(name)?.get();
    const matches = metric?.values.filter((value) =>
      Object.entries(labels).every(([label, text]) => value.labels[label] === text),
    );
    return matches?.reduce((sum, { value }) => sum + value, 0) ?? NaN;
  }

  close(): void {
    for (const cache of this.caches) cache.close();
  }

  #owned(path: SecretPath, fence: bigint) {
    const text = path.toString();
    const partition = partitionOf(text, TOPOLOGY.partitions);
    return { partition, owner: 0n, path: text, fence: fenceOf(1, fence), operation: `o${fence}` };
  }

  #shard(path: SecretPath): number {
    return shardOf(partitionOf(path.toString(), TOPOLOGY.partitions), TOPOLOGY.shards);
  }
}
