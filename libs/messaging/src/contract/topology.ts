import { crc32 } from 'node:zlib';

/** Fixed when the topics are made: changing a count would move keys to other partitions and lose their order. */
export interface Topology {
  readonly partitions: number;
  readonly shards: number;
}

export const DEFAULT_TOPOLOGY: Topology = { partitions: 12, shards: 4 };

/** The same for every process and every version: CRC-32 of the path's UTF-8, modulo the partitions. */
export const partitionOf = (path: string, partitions: number): number => crc32(path) % partitions;

/** A mutation partition belongs to exactly one shard of the log. */
export const shardOf = (partition: number, shards: number): number => partition % shards;
