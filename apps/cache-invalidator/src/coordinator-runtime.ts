import { Coordinator, type CoordinatorEvent, type LogEntry } from '@coffer/coherence';
import { v7 as uuid } from 'uuid';
import type { CoordinatorModuleOptions } from './coordinator-options.js';

/** How often a waiting coordinator is looked at, in milliseconds. */
const TICK = 50;
/** Longer than a session of the group: by then it knows whose shard it is. Milliseconds. */
const RECLAIM = 10_000;

/** Runs a coordinator for each shard of this process: carries its effects out and brings the log to it. */
export class CoordinatorRuntime {
  readonly #shards: readonly Coordinator[];
  readonly #assigned = new Set<number>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(private readonly options: CoordinatorModuleOptions) {
    const { timing, alone, messaging } = options;
    this.#shards = Array.from({ length: messaging.topology.shards }, () => new Coordinator({ timing, alone }));
  }

  start(): void {
    const ticks = setInterval(() => {
      this.#shards.forEach((coordinator, shard) => {
        if (coordinator.busy) this.#handle(shard, { type: 'tick' });
      });
    }, TICK);
    this.#timers.add(ticks);
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** Takes the shard over; its log has been read up to now. */
  take(shard: number): void {
    this.#assigned.add(shard);
    this.#handle(shard, { type: 'start', claim: uuid() });
  }

  /** Another member has the shard now. This one goes on until it reads that one's EPOCH, so that no write waits. */
  leave(shard: number): void {
    this.#assigned.delete(shard);
  }

  read(entry: LogEntry): void {
    this.#handle(entry.shard, { type: 'log', entry });
  }

  /** The group still says that the shard is this process's, so whoever took it over has gone. */
  #takeAgain(shard: number): void {
    if (this.#assigned.has(shard) && this.#shards[shard]?.active === false) this.take(shard);
  }

  #handle(shard: number, event: CoordinatorEvent): void {
    const { clock, logger, messaging } = this.options;
    for (const effect of this.#shards[shard]?.handle(event, clock.monotonic()) ?? []) {
      if (effect.type === 'stopped') {
        logger.warn({ shard }, 'another coordinator has taken the shard over');
        this.#timers.add(setTimeout(() => this.#takeAgain(shard), RECLAIM));
        continue;
      }
      messaging.log.append(shard, effect.record).catch((err: unknown) => {
        logger.warn({ err, record: effect.record.type, shard }, 'could not append to the coherence log');
      });
    }
  }
}
