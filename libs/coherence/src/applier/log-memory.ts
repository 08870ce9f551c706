import { GATEWAY_ERROR_CODES, STORE_ERROR_CODES, type ErrorCode, type Fence } from '@coffer/secrets';
import type { LogEntry } from '../log-record.js';
import { fenceKey, operationKey, sealKey } from '../recent/key.js';
import { NO_EXTRA, RecentTable } from '../recent/recent-table.js';
import type { Attempt } from './events.js';

const CODES: readonly ErrorCode[] = [...STORE_ERROR_CODES, ...GATEWAY_ERROR_CODES];
/** The word of an aborted fence's row. */
const CODE = 0;

/**
 * What the log said about one partition's mutations within the window. Timestamps are the log's own. Beyond `maxBytes`
 * what is oldest is forgotten before its time: a mutation that is delivered again after that asks the store again, which
 * refuses it by its fence.
 */
export class LogMemory {
  readonly #committed: RecentTable;
  readonly #aborted: RecentTable;
  /** The seals of what was aborted. */
  readonly #seals: RecentTable;
  /** When each mutation was last prepared that has not ended, by its fence. */
  readonly #prepared = new Map<Fence, number>();
  #evictions = 0;

  /** `windowMs`: the replay window. */
  constructor(
    private readonly windowMs: number,
    private readonly maxBytes = Infinity,
  ) {
    const options = { windowMs, makeExtra: () => NO_EXTRA };
    this.#committed = new RecentTable({ ...options, words: 0 });
    this.#aborted = new RecentTable({ ...options, words: 1 });
    this.#seals = new RecentTable({ ...options, words: 0 });
  }

  /** Takes a valid record of the partition into account. */
  read({ record, timestamp }: LogEntry): void {
    if (record.type === 'PREPARE') this.#prepare(record.fence, record.operation, timestamp);
    if (record.type === 'COMMIT') {
      this.#prepared.delete(record.fence);
      this.#committed.put(operationKey(record.operation), timestamp);
    }
    // A partition that stopped has finished nothing: see `fence-ahead`.
    if (record.type === 'ABORT' && record.code !== 'fence-ahead') {
      this.#prepared.delete(record.fence);
      const { table, row } = this.#aborted.put(fenceKey(record.fence), timestamp);
      table.setWord(row, CODE, CODES.indexOf(record.code));
      if (record.seal !== undefined) this.#seals.put(sealKey(record.seal), timestamp);
    }
    this.forget(timestamp - this.windowMs);
    this.#makeRoom();
  }

  /**
   * A COMMIT ends its operation however often it was queued; an ABORT ends one fence and every copy of that mutation, so
   * that a replay, which is sealed anew, can succeed.
   */
  hasEnded({ operation, fence, seal }: Pick<Attempt, 'operation' | 'fence' | 'seal'>): boolean {
    if (this.#committed.has(operationKey(operation)) || this.#aborted.has(fenceKey(fence))) return true;
    return seal !== undefined && !this.#seals.isEmpty && this.#seals.has(sealKey(seal));
  }

  /** The code with which the fence was aborted; `undefined` when its operation was committed. */
  abortCode(operation: string, fence: Fence): ErrorCode | undefined {
    if (this.#committed.has(operationKey(operation))) return undefined;
    const found = this.#aborted.find(fenceKey(fence));
    return found && CODES[found.table.word(found.row, CODE)];
  }

  /** Somebody prepared this fence, so a call under it may be unresolved. */
  wasPrepared(fence: Fence): boolean {
    return this.#prepared.has(fence);
  }

  /** Drops what is older than that, on the log's clock. */
  forget(before: number): void {
    this.#committed.forget(before);
    this.#aborted.forget(before);
    this.#seals.forget(before);
    for (const [fence, timestamp] of this.#prepared) {
      if (timestamp >= before) break;
      this.#prepared.delete(fence);
    }
  }

  get size(): number {
    return this.#committed.size + this.#aborted.size + this.#seals.size + this.#prepared.size;
  }

  get bytes(): number {
    return this.#committed.bytes + this.#aborted.bytes + this.#seals.bytes;
  }

  /** Mutations that were forgotten before their time. */
  get evictions(): number {
    return this.#evictions;
  }

  /** Keeps the map in the order of its timestamps: what is told again and again must not keep all that came after it. */
  #prepare(fence: Fence, operation: string, timestamp: number): void {
    this.#prepared.delete(fence);
    if (!this.hasEnded({ operation, fence })) this.#prepared.set(fence, timestamp);
  }

  /** An ABORT leaves no trace in the store, so what was committed goes first. */
  #makeRoom(): void {
    while (this.bytes >= this.maxBytes) {
      const before = this.size;
      const dropped = this.#committed.evict() ?? this.#seals.evict() ?? this.#aborted.evict();
      if (dropped === undefined) return;
      this.#evictions += before - this.size;
    }
  }
}
