import type { AbortRecord, CommitRecord } from '@coffer/coherence';
import type { Messaging } from '@coffer/messaging';

/** How the mutations of all partitions ended, in the order of the log. */
export class Ends {
  readonly commits: CommitRecord[] = [];
  readonly aborts: AbortRecord[] = [];

  private constructor() {}

  /** Follows the log from its beginning; answers how to stop as well. */
  static async follow({ log, topology }: Messaging): Promise<{ ends: Ends; stop: () => Promise<void> }> {
    const ends = new Ends();
    const shards = Array.from({ length: topology.shards }, (_, shard) => shard);
    const tail = await log.tail(shards, {
      read: ({ record }) => {
        if (record.type === 'COMMIT') ends.commits.push(record);
        if (record.type === 'ABORT') ends.aborts.push(record);
      },
    });
    return { ends, stop: () => tail.close() };
  }

  get total(): number {
    return this.commits.length + this.aborts.length;
  }

  /** Commits that came after one of a higher fence of the same path. */
  outOfOrder(): number {
    const highest = new Map<string, bigint>();
    return this.commits.filter(({ path, fence }) => {
      const before = highest.get(path) ?? 0n;
      if (fence > before) highest.set(path, fence);
      return fence <= before;
    }).length;
  }
}
