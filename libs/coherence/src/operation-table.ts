import type { AbortRecord, CommitRecord, LogEntry, PrepareRecord } from './log-record.js';
import { Authority } from './authority.js';

/** How an operation ended, as the log says. */
export type OperationEnd = CommitRecord | AbortRecord;

/**
 * The fate of operations, as far as the log has been read. One table follows any number of shards, each in log order.
 * An operation that ended is remembered for the window, counted from the log's own time of its end. A COMMIT is final;
 * an ABORT ends one fence: when the operation is queued again, as a dead letter's is, a PREPARE of a higher fence puts it
 * under way again, and that fence's end overrides the ABORT.
 */
export class OperationTable {
  readonly #authorities = new Map<number, Authority>();
  readonly #ended = new Map<string, { readonly end: OperationEnd; readonly timestamp: number }>();
  readonly #prepared = new Map<string, number>();

  /** `window`: in milliseconds. */
  constructor(private readonly window: number) {}

  /**
   * Takes a record into account; answers the end that it brings, if it brings one that was not known. `believes` says
   * whether an ABORT that only claims to be of its operation is so; by default none is.
   */
  read(entry: LogEntry, believes: (abort: AbortRecord) => boolean = () => false): OperationEnd | undefined {
    if (!this.#authority(entry.shard).admit(entry)) return undefined;
    this.#forget(entry.timestamp - this.window);
    const { record } = entry;
    if (record.type === 'PREPARE') {
      this.#prepared.delete(record.operation);
      if (!this.#knows(record)) this.#prepared.set(record.operation, entry.timestamp);
      return undefined;
    }
    if (record.type !== 'COMMIT' && record.type !== 'ABORT') return undefined;
    if (record.type === 'ABORT' && record.claimed === true && !believes(record)) return undefined;
    if (this.#knows(record)) return undefined;
    this.#prepared.delete(record.operation);
    this.#ended.delete(record.operation);
    this.#ended.set(record.operation, { end: record, timestamp: entry.timestamp });
    return record;
  }

  /** The end of an operation within the window; `pending` when it is known to be under way. */
  state(operation: string): OperationEnd | 'pending' | undefined {
    return this.#prepared.has(operation) ? 'pending' : this.#ended.get(operation)?.end;
  }

  get size(): number {
    return this.#ended.size + this.#prepared.size;
  }

  /** The record says nothing that the operation's end has not said: it repeats it, or comes late. */
  #knows({ type, operation, fence }: PrepareRecord | OperationEnd): boolean {
    const end = this.#ended.get(operation)?.end;
    if (end === undefined) return false;
    return end.type === 'COMMIT' || (type !== 'COMMIT' && fence <= end.fence);
  }

  #authority(shard: number): Authority {
    let authority = this.#authorities.get(shard);
    if (authority === undefined) this.#authorities.set(shard, (authority = new Authority()));
    return authority;
  }

  /** Both maps are in the order of their timestamps, but for shards that lag: those are forgotten a little later. */
  #forget(before: number): void {
    for (const [operation, { timestamp }] of this.#ended) {
      if (timestamp >= before) break;
      this.#ended.delete(operation);
    }
    for (const [operation, timestamp] of this.#prepared) {
      if (timestamp >= before) break;
      this.#prepared.delete(operation);
    }
  }
}
