import { Applier, type ApplierEffect, type ApplierEvent, type AttemptResult } from '@coffer/coherence';
import type { Context } from './context.js';
import type { Host } from './host.js';
import type { MutationQueue, Queued } from './mutation-queue.js';

const TICK = 50;
const DEAD_LETTER_DELAY = 20;
const RECLAIM_DELAY = 2_500;

/** How often a call to the store goes wrong; all 0 once faults have ended. */
export interface StoreFaults {
  /** It times out, and takes effect at some time or never. */
  unknown: number;
  /** It is refused for now. */
  throttled: number;
  /** It is refused for good. */
  denied: number;
}

/** A worker: an applier for each partition, the store in hand. */
export class WorkerProcess {
  readonly #appliers: readonly Applier[];
  #claims = 0;

  constructor(
    private readonly context: Context,
    readonly host: Host,
    private readonly index: number,
    queues: readonly MutationQueue[],
    private readonly faults: StoreFaults,
  ) {
    const { timing, rules } = context;
    this.#appliers = queues.map(({ partition }) => new Applier({ partition, timing }, rules));
    context.log.tail(host, (entry) => queues.forEach((queue) => this.#handle(queue, { type: 'log', entry })));
    host.every(TICK, () => queues.forEach((queue) => this.#handle(queue, { type: 'tick' })));
  }

  /** The group says that the partition is this worker's. */
  assigned(queue: MutationQueue): void {
    this.#handle(queue, { type: 'start', claim: `${this.host.name}-${this.#claims++}` });
    for (const attempt of queue.redelivered()) this.#handle(queue, { type: 'attempt', attempt });
  }

  revoked(queue: MutationQueue): void {
    this.#handle(queue, { type: 'stop' });
  }

  deliver(queue: MutationQueue, attempt: Queued): void {
    this.#handle(queue, { type: 'attempt', attempt });
  }

  #handle(queue: MutationQueue, event: ApplierEvent): void {
    const effects = this.#appliers[queue.partition]?.handle(event, this.host.now) ?? [];
    for (const effect of effects) this.#carryOut(queue, effect);
  }

  #carryOut(queue: MutationQueue, effect: ApplierEffect): void {
    switch (effect.type) {
      case 'append':
        return this.context.log.append(this.host, effect.record);
      case 'apply':
        return this.#apply(queue, effect.attempt as Queued, effect.call);
      case 'dead-letter': {
        const { fence } = effect.attempt;
        return this.host.after(DEAD_LETTER_DELAY, () => this.#handle(queue, { type: 'dead-lettered', fence }));
      }
      case 'finish':
        return queue.finish(effect.attempt);
      case 'stopped':
        return this.host.after(RECLAIM_DELAY, () => {
          const idle = this.#appliers[queue.partition]?.active === false;
          if (idle && queue.assigned === this.index) this.assigned(queue);
        });
      case 'halted':
        throw new Error('no fence of the simulated store is ahead');
    }
  }

  #apply(queue: MutationQueue, attempt: Queued, call: number): void {
    const { schedule, random, store, timing } = this.context;
    const { path, fence, version, present } = attempt;
    const answer = (delay: number, result: AttemptResult): void =>
      this.host.after(delay, () => this.#handle(queue, { type: 'result', fence, call, result }));
    const write = (): AttemptResult =>
      store.write(path, fence, version, present) === 'superseded'
        ? { kind: 'superseded' }
        : { kind: 'applied', sealed: new Uint8Array() };
    if (random.chance(this.faults.unknown)) {
      if (random.chance(0.7)) schedule.after(random.between(0, 2.5 * timing.callTimeoutMs), write);
      answer(timing.callTimeoutMs, { kind: 'unknown' });
    } else if (random.chance(this.faults.throttled)) {
      answer(random.between(1, 20), { kind: 'refused', code: 'throttled', retryable: true });
    } else if (random.chance(this.faults.denied)) {
      answer(random.between(1, 20), { kind: 'refused', code: 'denied', retryable: false });
    } else {
      schedule.after(random.between(0.5, 6), () => answer(random.between(0.5, 3), write()));
    }
  }
}
