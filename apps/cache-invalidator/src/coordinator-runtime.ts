import { Coordinator, type CoordinatorEvent, type LogEntry } from '@coffer/coherence';
import { v7 as uuid } from 'uuid';
import type { CoordinatorModuleOptions } from './coordinator-options.js';

/** How often a waiting coordinator is looked at, in milliseconds. */
const TICK = 50;

/** Runs a coordinator for each shard of this process: carries its effects out and brings the log to it. */
export class CoordinatorRuntime {
  readonly #shards: readonly Coordinator[];
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: CoordinatorModuleOptions) {
    const { timing, alone, messaging } = options;
    this.#shards = Array.from({ length: messaging.topology.shards }, () => new Coordinator({ timing, alone }));
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#shards.forEach((coordinator, shard) => {
        if (coordinator.busy) this.#handle(shard, { type: 'tick' });
      });
    }, TICK);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Takes the shard over; its log has been read up to now. */
  take(shard: number): void {
    this.#handle(shard, { type: 'start', claim: uuid() });
  }

  read(entry: LogEntry): void {
    this.#handle(entry.shard, { type: 'log', entry });
  }

  #handle(shard: number, event: CoordinatorEvent): void {
    const { clock, logger, messaging } = this.options;
    for (const effect of this.#shards[shard]?.handle(event, clock.monotonic()) ?? []) {
      if (effect.type === 'stopped') {
        logger.warn({ shard }, 'another coordinator has taken the shard over');
        continue;
      }
      messaging.log.append(shard, effect.record).catch((err: unknown) => {
        logger.warn({ err, record: effect.record.type, shard }, 'could not append to the coherence log');
      });
    }
  }
}
