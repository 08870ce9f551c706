import { randomUUID } from 'node:crypto';
import type { HeartbeatMailbox } from '@coffer/cache';
import { Reader, type ElapsedTime, type LogEntry, type ReaderEffect, type Rules, type Timing } from '@coffer/coherence';
import { partitionOf, shardOf, type LogTail, type Messaging } from '@coffer/messaging';
import type { BudgetReading, Logger, Metrics } from '@coffer/observability';

export interface ShardReadersOptions {
  readonly messaging: Pick<Messaging, 'topology' | 'log'>;
  readonly timing: Timing;
  readonly mode: 'strict' | 'bounded';
  readonly time: ElapsedTime;
  /** Carries heartbeats to those who grant leases. Without it nobody grants one, which `bounded` does without. */
  readonly mailbox?: HeartbeatMailbox;
  /** Bounds what all readers remember of keys for the window. Defaults to `KEYS_MAX_BYTES`. */
  readonly keysMaxBytes?: number;
  /** Which rules of the protocol are obeyed. Defaults to all; only tests leave one out. */
  readonly protocolRules?: Rules;
  readonly metrics: Metrics;
  readonly logger: Pick<Logger, 'warn'>;
  /** Called with each record that a reader has read, from whichever tail: after a replay that is another one. */
  readonly taken: (entry: LogEntry) => void;
  /** Entries of the path with a lower tag are of no use any more, by a record of that time of the log's clock. */
  readonly evict: (path: string, fence: bigint, timestamp: number) => void;
  /** Called several times a second with how late a timer was. */
  readonly late: (lateMs: number) => void;
  /** Nothing that is kept of these paths may be used any more. */
  readonly forget: (where: (path: string) => boolean) => void;
}

/** Bounds what all readers of a process remember of keys for the window, some 300 bytes each. */
export const KEYS_MAX_BYTES = 64 * 1024 * 1024;

/** How often each reader is given a `tick`. */
const TICK_INTERVAL_MS = 100;
/** A shard whose log cannot be read again is tried again after this. */
const RETRY_DELAY_MS = 1_000;

/** Runs the readers of all shards: brings log and time to them and carries their effects out. */
export class ShardReaders {
  /** Names this process in the log for as long as it lives. */
  readonly instance = randomUUID();
  readonly #readers: readonly Reader[];
  /** Which of the tails of a shard counts: a later one, once the shard is read again. */
  readonly #tails: number[];
  /** The later ones, by shard. */
  readonly #later = new Map<number, LogTail>();
  #ticks: NodeJS.Timeout | undefined;
  #lastTick: number;
  readonly #keysMaxBytes: number;
  #left = false;

  /** `start` is to be called before the first entry of the log is read. */
  constructor(private readonly options: ShardReadersOptions) {
    const { messaging, timing, mode, time, metrics, keysMaxBytes = KEYS_MAX_BYTES, protocolRules } = options;
    this.#keysMaxBytes = keysMaxBytes;
    const { instance } = this;
    const { shards } = messaging.topology;
    this.#readers = Array.from(
      { length: shards },
      (_, shard) => new Reader({ shard, instance, timing, mode, keysMaxBytes: keysMaxBytes / shards }, protocolRules),
    );
    metrics.watchBudget('cache-keys', () => this.memory);
    this.#tails = this.#readers.map(() => 0);
    this.#lastTick = time.now();
    metrics.onScrape.add(() => this.#show());
  }

  /** To be called before the first entry of the log is read. */
  start(): void {
    this.#readers.forEach((_, shard) => this.#handle(shard, { type: 'replay' }));
    this.#ticks = setInterval(() => this.#tick(), TICK_INTERVAL_MS);
  }

  /** What is remembered of keys. */
  get memory(): BudgetReading {
    let [bytes, evictions] = [0, 0];
    for (const { memory } of this.#readers) {
      bytes += memory.bytes;
      evictions += memory.evictions;
    }
    return { bytes, evictions, limitBytes: this.#keysMaxBytes };
  }

  of(path: string): Reader {
    return this.#readers[this.#shardOf(path)] as Reader;
  }

  /** Takes a record of the log into account: before anybody is told of it. */
  read(entry: LogEntry): void {
    if (this.#tails[entry.shard] === 0) this.#handle(entry.shard, { type: 'log', entry });
  }

  /** Serves nothing from a cache any more, then gives the leases back, so that no write waits for this process. */
  leave(): void {
    if (this.#left) return;
    this.#left = true;
    clearInterval(this.#ticks);
    this.#readers.forEach((_, shard) => this.#handle(shard, { type: 'leave' }));
    for (const shard of this.#later.keys()) this.#closeLater(shard);
  }

  #tick(): void {
    const { time, timing, forget } = this.options;
    const now = time.now();
    this.options.late(Math.max(0, now - this.#lastTick - TICK_INTERVAL_MS));
    // Stopped for so long, a process may have missed records that the log has no more.
    if (now - this.#lastTick >= timing.windowMs / 2) forget(() => true);
    this.#lastTick = now;
    this.#readers.forEach((_, shard) => this.#handle(shard, { type: 'tick' }));
  }

  #handle(shard: number, event: Parameters<Reader['handle']>[0]): void {
    const effects = this.#readers[shard]?.handle(event, this.options.time.now()) ?? [];
    const timestamp = event.type === 'log' ? event.entry.timestamp : 0;
    for (const effect of effects) this.#carryOut(shard, effect, timestamp);
    if (event.type === 'log') this.options.taken(event.entry);
  }

  #carryOut(shard: number, effect: ReaderEffect, timestamp: number): void {
    switch (effect.type) {
      case 'heartbeat':
        return this.options.mailbox?.post(effect.heartbeat);
      case 'evict':
        return this.options.evict(effect.path, effect.fence, timestamp);
      case 'forget':
        return this.options.forget((path) => this.#shardOf(path) === shard);
      case 'replay':
        return void this.#readAgain(shard);
    }
  }

  /** A second tail of the shard; the first one goes on for others, and counts for this reader no more. */
  async #readAgain(shard: number): Promise<void> {
    const { messaging, logger } = this.options;
    const tail = (this.#tails[shard] = (this.#tails[shard] ?? 0) + 1);
    this.#handle(shard, { type: 'replay' });
    try {
      const later = await messaging.log.tail([shard], {
        read: (entry) => {
          if (this.#tails[shard] === tail) this.#handle(shard, { type: 'log', entry });
        },
      });
      this.#closeLater(shard);
      this.#later.set(shard, later);
      if (this.#left) this.#closeLater(shard);
    } catch (err) {
      logger.warn({ err, shard }, 'could not read a shard of the log again; trying again');
      setTimeout(() => void this.#readAgain(shard), RETRY_DELAY_MS).unref();
    }
  }

  /** It may be the one that is just being read, so nothing waits for its end. */
  #closeLater(shard: number): void {
    this.#later
      .get(shard)
      ?.close()
      .catch(() => undefined);
    this.#later.delete(shard);
  }

  #shardOf(path: string): number {
    const { partitions, shards } = this.options.messaging.topology;
    return shardOf(partitionOf(path, partitions), shards);
  }

  #show(): void {
    const now = this.options.time.now();
    this.#readers.forEach((reader, shard) => {
      this.options.metrics.cacheLease.set({ shard: String(shard) }, reader.leased(now) ? 1 : 0);
    });
  }
}
