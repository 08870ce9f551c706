import { fenceOf, type Fence } from '@coffer/secrets';
import {
  Applier,
  type ApplierEffect,
  type ApplierEvent,
  type LogEntry,
  type LogRecord,
  type MutationRef,
} from '@coffer/coherence';
import { shardOf, type MutationDelivery } from '@coffer/messaging';
import { v7 as uuid } from 'uuid';
import { DeliveriesInHand } from './in-hand.js';
import { openMutation, type OpenedMutation } from './opened-mutation.js';
import { applyToStore } from './store-writer.js';
import type { WorkerOptions } from './worker-options.js';

const BURIAL_RETRY = 1_000;

/** Runs the applier of one partition: carries its effects out and brings the answers back. */
export class PartitionWorker {
  readonly #applier: Applier;
  readonly #inHand = new DeliveriesInHand();
  readonly #shard: number;

  constructor(
    readonly partition: number,
    private readonly options: WorkerOptions,
  ) {
    this.#applier = new Applier({ partition, timing: options.timing });
    this.#shard = shardOf(partition, options.messaging.topology.shards);
  }

  get shard(): number {
    return this.#shard;
  }

  assigned(): void {
    this.#handle({ type: 'start', claim: uuid() });
  }

  revoked(): void {
    this.#handle({ type: 'stop' });
    this.#inHand.handOverAll();
  }

  read(entry: LogEntry): void {
    this.#handle({ type: 'log', entry });
  }

  breaker(manager: string, open: boolean): void {
    this.#handle({ type: 'breaker', manager, open });
  }

  tick(): void {
    if (this.#applier.busy) this.#handle({ type: 'tick' });
  }

  /** Resolves when the mutation is finished; rejects when another worker will finish it. */
  deliver(delivery: MutationDelivery): Promise<void> {
    const opened = openMutation(this.options.sealer, delivery);
    const fence = fenceOf(this.options.generation, delivery.offset);
    const finished = this.#inHand.begin(fence, delivery, opened);
    this.#handle({ type: 'mutation', mutation: this.#reference(delivery, opened, fence) });
    return finished;
  }

  #reference({ offset, record }: MutationDelivery, opened: OpenedMutation, fence: Fence): MutationRef {
    const { operation, kind, fingerprint, path } = record;
    const base = { offset, fence, path, operation, kind, fingerprint };
    return 'poison' in opened
      ? { ...base, manager: '', poison: opened.poison }
      : { ...base, manager: this.options.stores.storeOf(opened.path).name };
  }

  #handle(event: ApplierEvent): void {
    for (const effect of this.#applier.handle(event, this.options.clock.monotonic())) this.#carryOut(effect);
  }

  #carryOut(effect: ApplierEffect): void {
    switch (effect.type) {
      case 'append':
        return this.#append(effect.record);
      case 'apply':
        return void this.#apply(effect.mutation.fence, effect.attempt);
      case 'bury':
        return void this.#bury(effect);
      case 'finish':
        return this.#inHand.finish(effect.mutation.fence);
      case 'stopped':
        return this.#inHand.handOverAll();
      case 'halted':
        return this.#halted(effect.mutation);
    }
  }

  #append(record: LogRecord): void {
    this.options.messaging.log.append(this.#shard, record).catch((err: unknown) => {
      this.options.logger.warn(
        { err, record: record.type, shard: this.#shard },
        'could not append to the coherence log',
      );
    });
    const { mutationsEnded } = this.options.metrics;
    if (record.type === 'COMMIT') mutationsEnded.inc({ kind: record.kind, outcome: record.outcome });
    if (record.type === 'ABORT') mutationsEnded.inc({ kind: record.kind, outcome: record.code });
  }

  async #apply(fence: Fence, attempt: number): Promise<void> {
    const inHand = this.#inHand.find(fence);
    if (inHand === undefined || 'poison' in inHand.opened) return;
    const { messaging, stores, sealer, generation, logger } = this.options;
    const { path, payload } = inHand.opened;
    const { operation } = inHand.delivery.record;
    const end = async (): Promise<Fence> => fenceOf(generation, await messaging.end(this.partition));
    const { backend } = stores.storeOf(path);
    const result = await applyToStore(backend, { path, payload, operation, fence, end }, sealer);
    if (result.kind === 'unknown' || result.kind === 'refused') {
      logger.warn({ operation, attempt, result }, 'the store did not take the mutation');
    }
    if (result.kind === 'superseded') logger.warn({ operation }, 'the store held a higher fence');
    this.#handle({ type: 'result', fence, attempt, result });
  }

  async #bury({ mutation, code }: Extract<ApplierEffect, { type: 'bury' }>): Promise<void> {
    const inHand = this.#inHand.find(mutation.fence);
    if (inHand === undefined) return;
    const { messaging, clock, logger, metrics } = this.options;
    const id = `${mutation.fence}-${this.partition}`;
    try {
      await messaging.deadLetters.bury({ id, delivery: inHand.delivery, code, time: clock.wall() });
      metrics.deadLetters.inc({ code });
      logger.error({ operation: mutation.operation, deadLetter: id, code }, 'a mutation failed for good');
      this.#handle({ type: 'buried', fence: mutation.fence });
    } catch (err) {
      logger.warn({ err, deadLetter: id }, 'could not write a dead letter; trying again');
      setTimeout(() => void this.#bury({ type: 'bury', mutation, code }), BURIAL_RETRY).unref();
    }
  }

  #halted(mutation: MutationRef): void {
    this.options.logger.fatal(
      { partition: this.partition, operation: mutation.operation, generation: this.options.generation },
      'fence-ahead: the store has seen a newer generation of this partition; nothing of it is acknowledged until ' +
        'coffer.messaging.generation is raised above it',
    );
  }
}
