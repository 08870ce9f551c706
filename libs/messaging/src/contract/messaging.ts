import type { CoherenceLog } from './coherence-log.js';
import type { LogTime } from './log-clock.js';
import type { LogSubscriptions } from './log-subscription.js';
import type { DeadLetters } from './dead-letters.js';
import type { RevocationLog } from './revocation-log.js';
import type { MutationConsumer, MutationProducer } from './mutation-queue.js';
import type { ShardGroup } from './shard-group.js';
import type { Topology } from './topology.js';

/** How much memory something takes up of what it may. */
export interface MemoryUse {
  readonly bytes: number;
  readonly limitBytes: number;
  /** What was dropped so far for want of room. */
  readonly evictions?: number;
}

/** Everything that travels between gateways, workers and coordinators. */
export interface Messaging {
  readonly topology: Topology;
  readonly producer: MutationProducer;
  /** A new member of the group of workers. */
  consumer(): MutationConsumer;
  /** A new member of the group of coordinators. */
  coordinators(): ShardGroup;
  /** The offset that the partition's next mutation will get, or more. */
  endOffset(partition: number): Promise<bigint>;
  /**
   * Whether this queue, and not one that was made anew since, gave the offset to a mutation of the path
   * (`SecretPath.toString()`). `unavailable` when that cannot be known.
   */
  isOffsetOf(partition: number, offset: bigint, path: string): Promise<boolean>;
  readonly log: CoherenceLog;
  /** The clock of queue and log. */
  readonly time: LogTime;
  readonly deadLetters: DeadLetters;
  /** Absent within one process. */
  readonly revocations?: RevocationLog;
  /** Absent where nothing durable is there to keep them. */
  readonly subscriptions?: LogSubscriptions;
  /** What this process holds in memory of all of these, by the name that metrics show. */
  budgets(): Readonly<Record<string, MemoryUse>>;
}
