import type { Fence } from '@coffer/secrets';
import type { LogEntry } from '../log-record.js';

/** Keeps the map in the order of its timestamps: what is prepared again and again must not keep all that came after it. */
const remember = <K>(memory: Map<K, number>, key: K, timestamp: number): void => {
  memory.delete(key);
  memory.set(key, timestamp);
};

/** What the log said about one partition's mutations within the window. Timestamps are the log's own. */
export class LogMemory {
  readonly #committed = new Map<string, number>();
  readonly #aborted = new Map<Fence, number>();
  readonly #prepared = new Map<Fence, number>();

  /** `window`: in milliseconds. */
  constructor(private readonly window: number) {}

  /** Takes a valid record of the partition into account. */
  read({ record, timestamp }: LogEntry): void {
    if (record.type === 'PREPARE') remember(this.#prepared, record.fence, timestamp);
    if (record.type === 'COMMIT') remember(this.#committed, record.operation, timestamp);
    // A partition that stopped has finished nothing: see `fence-ahead`.
    if (record.type === 'ABORT' && record.code !== 'fence-ahead') remember(this.#aborted, record.fence, timestamp);
    this.#forget(timestamp - this.window);
  }

  /** A COMMIT ends its operation however often it was queued; an ABORT ends one fence, so that a replay can succeed. */
  hasEnded(operation: string, fence: Fence): boolean {
    return this.#committed.has(operation) || this.#aborted.has(fence);
  }

  /** Somebody prepared this fence, so an attempt under it may be unresolved. */
  wasPrepared(fence: Fence): boolean {
    return this.#prepared.has(fence);
  }

  get size(): number {
    return this.#committed.size + this.#aborted.size + this.#prepared.size;
  }

  #forget(before: number): void {
    for (const memory of [this.#committed, this.#aborted, this.#prepared] as Map<unknown, number>[]) {
      for (const [key, timestamp] of memory) {
        if (timestamp >= before) break;
        memory.delete(key);
      }
    }
  }
}
