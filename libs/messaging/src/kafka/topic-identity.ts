import type { Admin } from 'kafkajs';
import type { LogOffset } from '@coffer/coherence';

/** How far a reader of a topic is. */
export interface Progress {
  /** The offset for each partition below which everything has been read. */
  readonly next: ReadonlyMap<number, LogOffset>;
  /** Kafka's time of the newest record read; below 0 before the first. */
  readonly newest: number;
}

/**
 * A broker that led a partition until it was cut off from the others tells an end that lies before what its successor has let
 * this process read, for as long as it knows nothing of it.
 */
const SUSPICIONS = 3;

/**
 * Tells whether a topic is still the one that is being read: one that was deleted and made anew has the same name, and the
 * client is told no id of it. It is another one where it ends before what was read, several times in a row. One that has
 * outgrown that place already is known by its beginning: records newer than all that was read at the check before stand where
 * older ones were.
 */
export class TopicIdentity {
  #before: Progress | undefined;
  /** By partition, where the latest check stood that found it to end before that, and how many in a row stood there. */
  readonly #suspicions = new Map<number, { readonly next: LogOffset; readonly checks: number }>();

  constructor(private readonly topic: string) {}

  /** `progress` is of before the call: what is read while brokers answer lies beyond their answers. Rejects with their errors. */
  async isAnother(admin: Admin, progress: Progress): Promise<boolean> {
    const before = this.#before;
    const newer = before === undefined ? new Map<number, LogOffset>() : await this.#firstAfter(admin, before.newest);
    const ends = await admin.fetchTopicOffsets(this.topic);
    if (progress.newest >= 0) this.#before = progress;
    return ends.some(({ partition, high }) => {
      const end = BigInt(high);
      const first = newer.get(partition) ?? end;
      // Where there is no newer record, the client told the end instead.
      const beginsLater = first < end && first < (before?.next.get(partition) ?? 0n);
      return beginsLater || this.#endsEarlier(partition, end, progress.next.get(partition) ?? 0n);
    });
  }

  #endsEarlier(partition: number, end: LogOffset, next: LogOffset): boolean {
    const suspicion = this.#suspicions.get(partition);
    if (end >= next) {
      this.#suspicions.delete(partition);
      return false;
    }
    const checks = suspicion?.next === next ? suspicion.checks + 1 : 1;
    this.#suspicions.set(partition, { next, checks });
    return checks >= SUSPICIONS;
  }

  /** Answers for each partition the offset of the first record that is newer than all that had been read; its end where there is none. */
  async #firstAfter(admin: Admin, newest: number): Promise<Map<number, LogOffset>> {
    const found = await admin.fetchTopicOffsetsByTimestamp(this.topic, newest + 1);
    return new Map(found.map(({ partition, offset }) => [partition, BigInt(offset)]));
  }
}
