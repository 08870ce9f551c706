import type { AbortRecord, CommitRecord } from '@coffer/coherence';
import type { Messaging } from '@coffer/messaging';

/** How the mutations of all partitions ended, in the order of the log. */
export class Ends {
  readonly commits: CommitRecord[] = [];
  readonly aborts: AbortRecord[] = [];
  /** The latest end of each operation. */
  readonly byOperation = new Map<string, CommitRecord | AbortRecord>();

  private constructor() {}

  /**
   * Notes what is appended to the log from now on; answers how to stop as well. Not a tail: those of a log in memory begin
   * with the process, since it keeps no record that all of them have read.
   */
  static follow({ log }: Messaging): { ends: Ends; stop: () => void } {
    const ends = new Ends();
    const append = log.append.bind(log);
    log.append = async (shard, record) => {
      const offset = await append(shard, record);
      if (record.type === 'COMMIT') ends.commits.push(record);
      if (record.type === 'ABORT') ends.aborts.push(record);
      if (record.type === 'COMMIT' || record.type === 'ABORT') ends.byOperation.set(record.operation, record);
      return offset;
    };
    return { ends, stop: () => void (log.append = append) };
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
