import type { LogEntry } from '@coffer/coherence';
import type { Clock } from '@coffer/secrets';
import type { DeadLetterSummary } from '../contract/dead-letters.js';
import type { LogSubscriptions } from '../contract/log-subscription.js';
import type { MemoryUse, Messaging } from '../contract/messaging.js';
import type { Topology } from '../contract/topology.js';
import { MemoryDeadLetters } from './memory-dead-letters.js';
import { MemoryLog } from './memory-log.js';
import { MemoryQueue } from './memory-queue.js';
import { MemoryShardGroup } from './memory-shard-group.js';

export interface MemoryMessagingLimits {
  /** How long records are kept for tails of the log that begin later. Default the window. */
  readonly replayMs?: number;
  /** Bounds the dead letters. Defaults to `DEAD_LETTERS_MAX_BYTES`. */
  readonly deadLettersMaxBytes?: number;
  /** Called with each dead letter that is dropped for want of room. */
  readonly onDeadLetterEvicted?: (deadLetter: DeadLetterSummary) => void;
  /** Keeps what subscriptions are called with; each record goes through it before it is read. Defaults to none. */
  readonly outbox?: LogSubscriptions & { readonly memory: MemoryUse; take(entry: LogEntry): void };
}

/** Queue, log and dead letters within one process. `windowMs`: the log's replay window. */
export const memoryMessaging = (
  topology: Topology,
  windowMs: number,
  clock: Clock,
  { replayMs, deadLettersMaxBytes, onDeadLetterEvicted, outbox }: MemoryMessagingLimits = {},
): Messaging => {
  const queue = new MemoryQueue(topology.partitions, clock);
  const coordinators = new MemoryShardGroup(topology.shards);
  const log = new MemoryLog({
    ...{ shards: topology.shards, windowMs, clock },
    ...(replayMs === undefined ? {} : { replayMs }),
    ...(outbox && { beforeAppend: (entry: LogEntry) => outbox.take(entry) }),
  });
  const deadLetters = new MemoryDeadLetters(deadLettersMaxBytes, onDeadLetterEvicted);
  return {
    topology,
    producer: queue,
    consumer: () => queue.consumer(),
    coordinators: () => coordinators.member(),
    endOffset: (partition) => Promise.resolve(queue.end(partition)),
    // It lives and dies with the process, and each process has a generation of its own.
    isOffsetOf: (partition, offset) => Promise.resolve(offset < queue.end(partition)),
    time: { now: () => clock.wall(), offsetMs: () => 0 },
    log,
    deadLetters,
    ...(outbox && { subscriptions: outbox }),
    budgets: () => ({
      'coherence-log': log.memory,
      'dead-letters': deadLetters.memory,
      ...(outbox && { outbox: outbox.memory }),
    }),
  };
};
