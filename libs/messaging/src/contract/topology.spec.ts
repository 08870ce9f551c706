import fc from 'fast-check';
import { DEFAULT_TOPOLOGY, partitionOf, shardOf } from './topology.js';

describe('topology', () => {
  // A path that came to another partition would lose its order and its fence: these are fixed for ever.
  it.each([
    ['main/company/KEY', 12, 2201126069 % 12],
    ['', 12, 0],
    ['123456789', 12, 0xcbf43926 % 12],
    ['123456789', 7, 0xcbf43926 % 7],
  ])('puts %j of %d partitions into partition %d', (path, partitions, partition) => {
    expect(partitionOf(path, partitions)).toBe(partition);
  });

  it('has a partition for each path and one shard for each partition', () => {
    const { partitions, shards } = DEFAULT_TOPOLOGY;
    expect([partitions, shards]).toEqual([12, 4]);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (path) => {
        expect([...Array(partitions).keys()]).toContain(partitionOf(path, partitions));
      }),
    );
    expect([0, 3, 4, 11].map((partition) => shardOf(partition, shards))).toEqual([0, 3, 0, 3]);
  });
});
