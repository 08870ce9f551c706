import type { LogEntry, LogOffset } from './log-record.js';
import { ALL_RULES, type Rules } from './rules.js';

/**
 * Who may speak, as far as this log has been read: the latest owner of each mutation partition and the latest epoch of
 * the shard. Both are offsets and only grow, so a record that names a higher one proves that its OWNER or EPOCH stands
 * further up, even where the replay began after it.
 */
export class Authority {
  #epoch: LogOffset = -1n;
  readonly #owners = new Map<number, LogOffset>();

  constructor(private readonly rules: Rules = ALL_RULES) {}

  /** The highest epoch read; -1 before the first. */
  get epoch(): LogOffset {
    return this.#epoch;
  }

  /** The highest owner read of a partition; -1 before the first. */
  owner(partition: number): LogOffset {
    return this.#owners.get(partition) ?? -1n;
  }

  /** Takes a record into account, in log order. Answers false when the record is void. */
  admit({ offset, record }: LogEntry): boolean {
    switch (record.type) {
      case 'EPOCH':
        return this.#raiseEpoch(offset);
      case 'GRANT':
        return this.#grantRead(record.epoch);
      case 'CLEARED':
      case 'HANDOVER':
        return this.#raiseEpoch(record.epoch);
      case 'OWNER':
        return this.#raiseOwner(record.partition, offset);
      case 'PREPARE':
      case 'COMMIT':
      case 'ABORT':
        return this.#raiseOwner(record.partition, record.owner);
    }
  }

  #grantRead(epoch: LogOffset): boolean {
    if (!this.rules.epochMemory) return epoch >= this.#epoch;
    return this.#raiseEpoch(epoch) || !this.rules.grantEpoch;
  }

  #raiseEpoch(epoch: LogOffset): boolean {
    if (epoch < this.#epoch) return false;
    this.#epoch = epoch;
    return true;
  }

  #raiseOwner(partition: number, owner: LogOffset): boolean {
    if (owner < this.owner(partition)) return !this.rules.owner;
    this.#owners.set(partition, owner);
    return true;
  }
}
