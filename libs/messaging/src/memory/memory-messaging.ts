import type { Clock } from '@coffer/secrets';
import type { Messaging } from '../contract/messaging.js';
import type { Topology } from '../contract/topology.js';
import { MemoryDeadLetters } from './memory-dead-letters.js';
import { MemoryLog } from './memory-log.js';
import { MemoryQueue } from './memory-queue.js';
import { MemoryShardGroup } from './memory-shard-group.js';

/** Queue, log and dead letters within one process. `window`: the log's replay window, in milliseconds. */
export const memoryMessaging = (topology: Topology, window: number, clock: Clock): Messaging => {
  const queue = new MemoryQueue(topology.partitions, clock);
  const coordinators = new MemoryShardGroup(topology.shards);
  return {
    topology,
    producer: queue,
    consumer: () => queue.consumer(),
    coordinators: () => coordinators.member(),
    end: (partition) => Promise.resolve(queue.end(partition)),
    // It lives and dies with the process, and each process has a generation of its own.
    gave: (partition, offset) => Promise.resolve(offset < queue.end(partition)),
    time: { now: () => clock.wall(), offsetMs: () => 0 },
    log: new MemoryLog(topology.shards, window, clock),
    deadLetters: new MemoryDeadLetters(),
  };
};
