import type { Operation } from './operation.js';

/** A read that contradicts an operation which ended before it began, or that returned what was never written. */
export interface Contradiction {
  readonly read: Operation;
  /** What it should have known of; absent where nothing wrote what it returned. */
  readonly before?: Operation;
}

export interface Verdict {
  readonly reads: number;
  readonly writes: number;
  /** Reads answered from a cache. */
  readonly cached: number;
  /** Older than a write acknowledged before the read began. */
  readonly stale: readonly Contradiction[];
  /** Older than what a read had returned before this one began. */
  readonly inversions: readonly Contradiction[];
  /** Reads of a version that no write had begun to write when the read ended, or that certainly was not written. */
  readonly impossible: readonly Contradiction[];
}

const byEnd = (a: Operation, b: Operation): number => a.end - b.end;
const byStart = (a: Operation, b: Operation): number => a.start - b.start;

/**
 * For each read, the operation of the highest version among those that ended before it began. Both lists are sorted
 * here; time is that of sorting.
 */
const floors = (reads: readonly Operation[], ended: readonly Operation[]): Map<Operation, Operation> => {
  const order = ended.toSorted(byEnd);
  const floorOf = new Map<Operation, Operation>();
  let [next, highest]: [number, Operation | undefined] = [0, undefined];
  for (const read of reads.toSorted(byStart)) {
    for (let op = order[next]; op !== undefined && op.end < read.start; op = order[(next += 1)]) {
      if (highest === undefined || op.version > highest.version) highest = op;
    }
    if (highest !== undefined) floorOf.set(read, highest);
  }
  return floorOf;
};

const olderThan = (reads: readonly Operation[], ended: readonly Operation[]): Contradiction[] => {
  const floorOf = floors(reads, ended);
  return reads.flatMap((read) => {
    const before = floorOf.get(read);
    return before !== undefined && read.version < before.version ? [{ read, before }] : [];
  });
};

/** Whether a read may have met the write's effect: one that failed has none, and no effect comes before its cause. */
const cameFromNowhere = (read: Operation, writes: ReadonlyMap<number, Operation>): boolean => {
  if (read.version === 0) return false;
  const write = writes.get(read.version);
  return write === undefined || write.outcome === 'fail' || write.start > read.end;
};

/**
 * Judges a history, key by key: a read returns at least the highest version that was acknowledged, or returned by a
 * read, before it began, and nothing from the future. With versions that grow in the order in which the store took the
 * writes, that is linearizability of a register. Reads that failed say nothing; of operations that touch in time either
 * may have come first.
 */
export const checkHistory = (history: Iterable<Operation>): Verdict => {
  const keys = Map.groupBy(history, ({ key }) => key);
  const verdict = { reads: 0, writes: 0, cached: 0, stale: [], inversions: [], impossible: [] } as {
    -readonly [K in keyof Verdict]: Verdict[K] extends number ? number : Contradiction[];
  };
  for (const operations of keys.values()) {
    const reads = operations.filter(({ op, outcome }) => op === 'read' && outcome === 'ok');
    const writes = operations.filter(({ op }) => op === 'write');
    const acknowledged = writes.filter(({ outcome }) => outcome === 'ok');
    const byVersion = new Map(writes.map((write) => [write.version, write]));
    verdict.reads += reads.length;
    verdict.writes += writes.length;
    verdict.cached += reads.filter(({ cache }) => cache === 'l1' || cache === 'l2').length;
    verdict.stale.push(...olderThan(reads, acknowledged));
    verdict.inversions.push(...olderThan(reads, reads));
    verdict.impossible.push(...reads.filter((read) => cameFromNowhere(read, byVersion)).map((read) => ({ read })));
  }
  return verdict;
};
