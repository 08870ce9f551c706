import type { Consumer } from 'kafkajs';
import type { FinishedOffsets } from '../contract/finished-offsets.js';

/** What a member of a group has of a partition. */
export interface Committing {
  /** Absent until the first record. */
  readonly offsets: FinishedOffsets | undefined;
  /** The offset committed last; absent where it is not known. */
  committed: bigint | undefined;
}

/** Commits how far each partition, by its number, is finished, where that has grown. Never rejects. */
export const commitFinished = async (
  client: Pick<Consumer, 'commitOffsets'>,
  topic: string,
  assignments: ReadonlyMap<number, Committing>,
): Promise<void> => {
  const due = [...assignments].flatMap(([partition, assignment]) => {
    const committable = assignment.offsets?.committable;
    if (committable === undefined || committable === assignment.committed) return [];
    assignment.committed = committable;
    return [{ topic, partition, offset: committable.toString(), assignment }];
  });
  if (due.length === 0) return;
  try {
    await client.commitOffsets(due.map(({ assignment: _, ...offset }) => offset));
  } catch {
    // Rebalancing, or no broker: what was not committed is committed again, by this assignment or delivered to the next.
    for (const { assignment } of due) assignment.committed = undefined;
  }
};
