import { randomUUID } from 'node:crypto';
import {
  claimOf,
  Coordinator,
  ElapsedTime,
  type CoordinatorEffect,
  type CoordinatorEvent,
  type LogEntry,
  type LogRecord,
} from '@coffer/coherence';
import { SecretPath } from '@coffer/secrets';
import { ThrottledLogger } from '@coffer/service';
import { CoordinatorMetrics } from './coordinator-metrics.js';
import type { CacheInvalidatorOptions } from './cache-invalidator-options.js';

/** How often a waiting coordinator is looked at. */
const TICK_INTERVAL_MS = 50;
/** How often it is looked whether another coordinator has fallen silent, where that is suspected. */
const POLL_INTERVAL_MS = 250;
/** Bounds one such probe of the log. */
const POLL_TIMEOUT_MS = 1_000;
/** How long a leaving process waits for the log. */
const DRAIN_TIMEOUT_MS = 2_000;

/** Runs a coordinator for each shard of this process: carries its effects out and brings log and heartbeats to it. */
export class CacheInvalidatorRuntime {
  /** Names one life of this process. */
  readonly #processId = randomUUID();
  readonly #shards: readonly Coordinator[];
  /** The shards that the group has assigned to this process. */
  #assigned: ReadonlySet<number> = new Set();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #appending = new Set<Promise<void>>();
  readonly #time: ElapsedTime;
  readonly #throttled: ThrottledLogger;
  readonly #metrics: CoordinatorMetrics;
  #probing = false;
  #leaving = false;
  #unlisten: () => void = () => undefined;

  constructor(private readonly options: CacheInvalidatorOptions) {
    const { timing, alone, messaging, clock, logger, metrics, mailbox, shared } = options;
    const make = () => new Coordinator({ timing, alone, leases: mailbox !== undefined, clears: shared !== undefined });
    this.#shards = Array.from({ length: messaging.topology.shards }, make);
    this.#throttled = new ThrottledLogger(logger, clock);
    this.#time = new ElapsedTime(clock);
    this.#metrics = new CoordinatorMetrics(metrics, this.#shards, () => this.#time.now());
  }

  start(): void {
    const ticks = setInterval(() => {
      this.#shards.forEach((coordinator, shard) => {
        if (coordinator.busy) this.#handle(shard, { type: 'tick' });
      });
    }, TICK_INTERVAL_MS);
    this.#timers.add(ticks);
    this.#timers.add(setInterval(() => void this.#probe(), POLL_INTERVAL_MS));
    this.#unlisten =
      this.options.mailbox?.listen((heartbeat) => {
        this.#metrics.heard(heartbeat);
        this.#handle(heartbeat.shard, { type: 'heartbeat', heartbeat });
      }) ?? this.#unlisten;
  }

  /**
   * Hands its shards over, so that their next coordinator need not wait for leases that it cannot know. Resolves when
   * the log has that, or will not have it soon; never rejects.
   */
  async leaveAll(): Promise<void> {
    this.assign(new Set());
    this.#leaving = true;
    await Promise.race([
      Promise.all(this.#appending),
      new Promise((resolve) => setTimeout(resolve, DRAIN_TIMEOUT_MS).unref()),
    ]);
  }

  stop(): void {
    this.#unlisten();
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /**
   * As the group says, once the logs have been read up to now: takes these shards over and leaves all others, also one
   * that it took over because its coordinator was silent. It goes on with that one until it reads the next EPOCH, so
   * that no write waits.
   */
  assign(shards: ReadonlySet<number>): void {
    if (this.#leaving) return;
    this.#assigned = shards;
    for (const shard of this.#shards.keys()) {
      if (shards.has(shard)) this.#take(shard);
      else this.#handle(shard, { type: 'leave' });
    }
  }

  read(entry: LogEntry): void {
    this.#metrics.read(entry);
    this.#handle(entry.shard, { type: 'log', entry });
  }

  #newClaim(): string {
    return claimOf(this.#processId, randomUUID());
  }

  #take(shard: number): void {
    this.#handle(shard, { type: 'start', claim: this.#newClaim(), patient: true });
  }

  /** A shard's coordinator may have gone, which the group will not know for seconds. */
  async #probe(): Promise<void> {
    const suspectsAny = (): boolean => this.#shards.some((coordinator) => coordinator.suspects(this.#time.now()));
    if (this.#probing || this.#leaving || !suspectsAny()) return;
    this.#probing = true;
    try {
      await this.options.messaging.log.reachEnd(AbortSignal.timeout(POLL_TIMEOUT_MS));
      if (!this.#leaving)
        for (const shard of this.#shards.keys()) this.#handle(shard, { type: 'caught-up', claim: this.#newClaim() });
    } catch {
      // The log is away, or this process is behind: no reason to suspect any coordinator.
    } finally {
      this.#probing = false;
    }
  }

  #handle(shard: number, event: CoordinatorEvent): void {
    for (const effect of this.#shards[shard]?.handle(event, this.#time.now()) ?? []) this.#carryOut(shard, effect);
  }

  #carryOut(shard: number, effect: CoordinatorEffect): void {
    const { logger } = this.options;
    switch (effect.type) {
      case 'silent':
        this.options.metrics.takeovers.inc({ shard: String(shard) });
        logger.warn({ shard }, 'the coordinator of the shard is silent; this one takes it over');
        return;
      case 'stopped':
        this.options.metrics.takenOver.inc({ shard: String(shard) });
        logger.warn({ shard }, 'another coordinator has taken the shard over');
        // Where the group still says that the shard is this process's, whoever took it over may fall silent.
        if (this.#assigned.has(shard)) this.#take(shard);
        return;
      case 'clear':
        return void this.#clear(shard, effect);
      case 'append':
        this.#metrics.append(shard, effect.record);
        return this.#append(shard, effect.record);
    }
  }

  #append(shard: number, record: LogRecord): void {
    const { messaging } = this.options;
    const appended = messaging.log.append(shard, record).then(
      () => undefined,
      (err: unknown) =>
        this.#throttled.log('warn', { err, record: record.type, shard }, 'could not append to the coherence log'),
    );
    this.#appending.add(appended);
    void appended.then(() => this.#appending.delete(appended));
  }

  async #clear(shard: number, { path, prepareOffset }: Extract<CoordinatorEffect, { type: 'clear' }>): Promise<void> {
    // A mutation that cannot be opened claims any path; no cache has an entry of what is none.
    const parsed = SecretPath.tryParse(path);
    if (parsed !== undefined) await this.options.shared?.invalidate(parsed);
    this.#handle(shard, { type: 'clear-done', prepareOffset });
  }
}
