import { randomUUID } from 'node:crypto';
import { generationOf, offsetOf, type Fence } from '@coffer/secrets';
import {
  ALL_RULES,
  Applier,
  claimOf,
  ElapsedTime,
  type ApplierEffect,
  type ApplierEvent,
  type LogEntry,
  type LogRecord,
  type Rules,
} from '@coffer/coherence';
import { deadLetterId, shardOf, type Delivery } from '@coffer/messaging';
import { NO_TRACES } from '@coffer/observability';
import { LatestWrites, WRITES_MAX_BYTES } from '@coffer/reads';
import type { ThrottledLogger } from '@coffer/service';
import { openAttempt } from './attempt.js';
import { InFlightAttempts, PartitionRevokedError } from './in-flight-attempts.js';
import { MutationTraces } from './mutation-traces.js';
import { READ_LAG_MS } from './precondition.js';
import { callStore } from './store-writer.js';
import type { WorkerOptions } from './worker-options.js';

const FAILED = 'a mutation failed for good';
const DEAD_LETTER_RETRY_DELAY_MS = 1_000;
/**
 * An OWNER of a worker that is gone may come late and void this one's, with nobody left to own the partition. So a
 * worker that lost a partition in the log, but not in the group, claims it again; later than the group's session (6 s),
 * within which a worker that lost it in both learns so.
 */
const RECLAIM_DELAY_MS = 10_000;

export interface PartitionWorkerOptions extends WorkerOptions {
  /** Logs what may happen any number of times: poison, which anybody with a right to write to the topic may queue, and a log that is away. */
  readonly throttled: Pick<ThrottledLogger, 'log'>;
}

/** Runs the applier of one partition: carries its effects out and brings the answers back. */
export class PartitionWorker {
  readonly #applier: Applier;
  readonly #inFlight = new InFlightAttempts();
  readonly #shard: number;
  readonly #time: ElapsedTime;
  readonly #traces: MutationTraces;
  readonly #latest: LatestWrites;
  readonly #obeyed: Rules;
  /** Whether the group has assigned the partition to this process. */
  #assigned = false;
  #reclaimAt: number | undefined;

  constructor(
    readonly partition: number,
    /** Names one life of the process. */
    private readonly processId: string,
    private readonly options: PartitionWorkerOptions,
  ) {
    const { timing, messaging, operationsMaxBytes = Infinity, protocolRules = ALL_RULES } = options;
    this.#obeyed = protocolRules;
    const { partitions, shards } = messaging.topology;
    this.#applier = new Applier({ partition, timing, memoryMaxBytes: operationsMaxBytes / partitions }, protocolRules);
    this.#shard = shardOf(partition, shards);
    this.#latest = new LatestWrites(READ_LAG_MS, WRITES_MAX_BYTES / partitions);
    this.#time = new ElapsedTime(options.clock);
    this.#traces = new MutationTraces(options.traces ?? NO_TRACES);
  }

  get shard(): number {
    return this.#shard;
  }

  /** Whether the partition has stopped for good: see `fence-ahead`. */
  get halted(): boolean {
    return this.#applier.halted;
  }

  /** Where the unfinished mutations stand. */
  get phases(): Applier['phases'] {
    return this.#applier.phases;
  }

  /** What is remembered of the log. */
  get memory(): Applier['memory'] {
    return this.#applier.memory;
  }

  assigned(): void {
    this.#inFlight.revokeAll();
    this.#assigned = true;
    this.#claim();
  }

  revoked(): void {
    this.#assigned = false;
    this.#reclaimAt = undefined;
    this.#handle({ type: 'stop' });
    this.#inFlight.revokeAll();
  }

  read(entry: LogEntry): void {
    const { record } = entry;
    if (record.type === 'COMMIT' && record.partition === this.partition) {
      this.#latest.committed(record, this.#time.now());
    }
    this.#handle({ type: 'log', entry });
  }

  breaker(manager: string, open: boolean): void {
    this.#handle({ type: 'breaker', manager, open });
  }

  tick(): void {
    if (this.#reclaimAt !== undefined && this.#time.now() >= this.#reclaimAt) this.#claim();
    if (this.#applier.busy) this.#handle({ type: 'tick' });
  }

  /** Resolves when the mutation is finished; rejects when another worker will finish it. */
  async deliver(delivery: Delivery): Promise<void> {
    if (!this.#assigned && this.#obeyed.assigned) throw new PartitionRevokedError();
    const attempt = openAttempt(delivery, this.options.messaging.topology.partitions, this.options);
    const finished = this.#inFlight.begin(attempt);
    this.#traces.begin(attempt, this.partition);
    this.#handle({ type: 'attempt', attempt });
    await this.#traces.during(attempt.fence, finished);
  }

  /** Claims the partition, and takes up its in-flight attempts, in their order. */
  #claim(): void {
    this.#reclaimAt = undefined;
    this.#handle({ type: 'start', claim: claimOf(this.processId, randomUUID()) });
    for (const attempt of this.#inFlight.all()) this.#handle({ type: 'attempt', attempt });
  }

  #handle(event: ApplierEvent): void {
    for (const effect of this.#applier.handle(event, this.#time.now())) this.#carryOut(effect);
  }

  #carryOut(effect: ApplierEffect): void {
    switch (effect.type) {
      case 'append':
        return this.#append(effect.record);
      case 'apply':
        return void this.#apply(effect);
      case 'dead-letter':
        return void this.#deadLetter(effect);
      case 'finish':
        return this.#finish(effect);
      case 'stopped':
        return this.#stopped();
      case 'halted':
        return this.#halted(effect);
    }
  }

  #append(record: LogRecord): void {
    this.#traces.append(record, this.options.messaging.log.append(this.#shard, record)).catch((err: unknown) => {
      const fields = { err, record: record.type, shard: this.#shard };
      this.options.throttled.log('warn', fields, 'could not append to the coherence log');
    });
  }

  /** Counted as it is read back: until then the record may be sent any number of times. */
  #finish({ attempt: { fence }, end }: Extract<ApplierEffect, { type: 'finish' }>): void {
    if (end !== undefined) {
      const outcome = end.type === 'COMMIT' ? end.outcome : end.code;
      this.options.metrics.mutationsEnded.inc({ kind: end.kind, outcome });
      this.#traces.outcome(fence, outcome);
    }
    this.#inFlight.finish(fence);
  }

  #stopped(): void {
    this.options.metrics.partitionsTakenOver.inc();
    this.options.logger.warn({ partition: this.partition }, 'another worker has claimed the partition');
    const { reclaimDelayMs = RECLAIM_DELAY_MS } = this.options;
    if (this.#assigned) this.#reclaimAt = this.#time.now() + reclaimDelayMs;
    else this.#inFlight.revokeAll();
  }

  async #apply({ attempt: { fence }, call, unresolved }: Extract<ApplierEffect, { type: 'apply' }>): Promise<void> {
    const attempt = this.#inFlight.find(fence);
    // The applier asks no store for a drop.
    if (attempt?.mutation === undefined || attempt.mutation.kind === 'drop') return;
    const { messaging, stores, sealer, generation, logger, timing } = this.options;
    const { mutation, operation } = attempt;
    const isOffsetOf = (stored: Fence): Promise<boolean> =>
      generationOf(stored) === generation
        ? messaging.isOffsetOf(this.partition, offsetOf(stored), attempt.path)
        : Promise.resolve(false);
    const { name: manager, backend } = stores.of(mutation.path);
    let err: unknown;
    const failed = (error: unknown): void => void (err = error);
    const result = await this.#traces.store(attempt, { manager, call }, () =>
      callStore(backend, mutation, attempt, {
        ...{ sealer, isOffsetOf, failed, unresolved },
        now: () => this.#time.now(),
        timeoutMs: timing.callTimeoutMs,
        latest: this.#latest,
      }),
    );
    if (result.kind === 'unknown' || result.kind === 'refused') {
      const usual = result.kind === 'refused' && (result.code === 'not-found' || result.code === 'precondition-failed');
      const level = usual ? 'debug' : 'warn';
      logger[level]({ operation, call, result, err }, 'the store did not take the mutation');
    }
    if (result.kind === 'superseded') logger.warn({ operation }, 'the store held a higher fence');
    this.#handle({ type: 'result', fence, call, result });
  }

  async #deadLetter(effect: Extract<ApplierEffect, { type: 'dead-letter' }>): Promise<void> {
    const { fence, operation } = effect.attempt;
    const attempt = this.#inFlight.find(fence);
    if (attempt === undefined) return;
    const { messaging, clock, logger, throttled, metrics } = this.options;
    const { code } = effect;
    const id = deadLetterId(fence, this.partition);
    try {
      await messaging.deadLetters.add({ id, mutation: attempt.sealed, code, time: clock.wall() });
      metrics.deadLetters.inc({ code });
      const fields = { operation, deadLetter: id, code };
      if (attempt.mutation !== undefined) logger.error(fields, FAILED);
      else throttled.log('error', { ...fields, partition: this.partition }, FAILED, code);
      this.#handle({ type: 'dead-lettered', fence });
    } catch (err) {
      throttled.log('warn', { err, deadLetter: id }, 'could not write a dead letter; trying again');
      setTimeout(() => void this.#deadLetter(effect), DEAD_LETTER_RETRY_DELAY_MS).unref();
    }
  }

  #halted({ attempt: { operation }, storedFence }: Extract<ApplierEffect, { type: 'halted' }>): void {
    const generation = generationOf(storedFence) + 1;
    this.options.logger.fatal(
      { partition: this.partition, operation, generation },
      'fence-ahead: the store holds a fence that this partition has not given out, so its topic or the store is another ' +
        `one; nothing is acknowledged until coffer.messaging.generation is set to ${generation} and the workers start again`,
    );
  }
}
