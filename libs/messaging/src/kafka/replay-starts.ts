import type { Admin } from 'kafkajs';
import type { Clock } from '@coffer/secrets';
import { onceLed } from './connection.js';

/** The error of a clock that the window allows for. */
const MAX_SKEW_MS = 45_000;

/** As the client answers. */
type Ends = Awaited<ReturnType<Admin['fetchTopicOffsets']>>;

/**
 * Where the replay of each partition begins: at the first record that is younger than the window, counted from now or
 * from the partition's latest record, whichever is earlier. Only so is nothing left out where this machine's clock is
 * ahead of Kafka's. Where nothing was written lately it begins somewhat further back, which costs time alone. Absent for
 * a partition without records.
 */
export const replayStarts = async (
  admin: Admin,
  topic: string,
  ends: Ends,
  { clock, windowMs }: { readonly clock: Clock; readonly windowMs: number },
): Promise<ReadonlyMap<number, bigint>> => {
  const starts = new Map<number, bigint>();
  const open = new Map(ends.flatMap(({ partition, low, high }) => (low === high ? [] : [[partition, BigInt(high)]])));
  const now = Math.floor(clock.wall());
  for (let age = MAX_SKEW_MS; open.size > 0; age *= 2) {
    const before = Math.max(0, now - age);
    const since = await offsetsAt(admin, topic, before);
    const found = [...open].filter(([partition, end]) => before === 0 || (since.get(partition) ?? end) < end);
    if (found.length === 0) continue;
    // The latest record is no older than `before`. One that is hardly older than now shows that the clocks agree.
    const latest = age === MAX_SKEW_MS ? now : before;
    const from = await offsetsAt(admin, topic, Math.max(0, latest - windowMs));
    for (const [partition, end] of found) {
      starts.set(partition, from.get(partition) ?? end);
      open.delete(partition);
    }
  }
  return starts;
};

/** The first offset of each partition whose record is as young; absent where there is none. */
const offsetsAt = async (admin: Admin, topic: string, timestamp: number): Promise<ReadonlyMap<number, bigint>> => {
  const offsets = await onceLed(admin, () => admin.fetchTopicOffsetsByTimestamp(topic, timestamp));
  return new Map(
    offsets.flatMap(({ partition, offset }) => (BigInt(offset) < 0n ? [] : [[partition, BigInt(offset)] as const])),
  );
};
