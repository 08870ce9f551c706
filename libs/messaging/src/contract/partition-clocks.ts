import type { Clock } from '@coffer/secrets';
import { LogClock, type LogTime } from './log-clock.js';

/** The clocks of the partitions of one topic: each is stamped by its own broker, and brokers' clocks differ. */
export class PartitionClocks implements LogTime {
  readonly #clocks = new Map<number, LogClock>();

  /** `shared`: receives everything, and is asked for a partition of which nothing was seen yet. */
  constructor(
    private readonly clock: Clock,
    private readonly shared: LogClock,
  ) {}

  seen(partition: number, timestamp: number): void {
    this.shared.seen(timestamp);
    this.#of(partition).seen(timestamp);
  }

  appended(partition: number, timestamp: number, sentAt: number): void {
    this.shared.appended(timestamp, sentAt);
    this.#of(partition).appended(timestamp, sentAt);
  }

  now(partition?: number): number {
    const own = partition === undefined ? undefined : this.#clocks.get(partition);
    return (own ?? this.shared).now();
  }

  offsetMs(): number {
    return this.shared.offsetMs();
  }

  #of(partition: number): LogClock {
    let clock = this.#clocks.get(partition);
    if (clock === undefined) this.#clocks.set(partition, (clock = new LogClock(this.clock)));
    return clock;
  }
}
