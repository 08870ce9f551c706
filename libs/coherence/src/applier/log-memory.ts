import type { Fence } from '@coffer/secrets';
import type { AbortRecord, LogEntry } from '../log-record.js';
import type { MutationRef } from './events.js';

interface Remembered {
  /** By the log's clock. */
  readonly timestamp: number;
}

/** Keeps the map in the order of its timestamps: what is told again and again must not keep all that came after it. */
const remember = <K, V extends Remembered>(memory: Map<K, V>, key: K, value: V): void => {
  memory.delete(key);
  memory.set(key, value);
};

/** What the log said about one partition's mutations within the window. Timestamps are the log's own. */
export class LogMemory {
  readonly #committed = new Map<string, Remembered>();
  readonly #aborted = new Map<Fence, Remembered & { readonly record: AbortRecord }>();
  /** The seals of what was aborted. */
  readonly #seals = new Map<string, Remembered>();
  readonly #prepared = new Map<Fence, Remembered>();

  /** `window`: in milliseconds. */
  constructor(private readonly window: number) {}

  /** Takes a valid record of the partition into account. */
  read({ record, timestamp }: LogEntry): void {
    if (record.type === 'PREPARE') remember(this.#prepared, record.fence, { timestamp });
    if (record.type === 'COMMIT') remember(this.#committed, record.operation, { timestamp });
    // A partition that stopped has finished nothing: see `fence-ahead`.
    if (record.type === 'ABORT' && record.code !== 'fence-ahead') {
      remember(this.#aborted, record.fence, { timestamp, record });
      if (record.seal !== undefined) remember(this.#seals, record.seal, { timestamp });
    }
    this.#forget(timestamp - this.window);
  }

  /**
   * A COMMIT ends its operation however often it was queued; an ABORT ends one fence and every copy of that mutation, so
   * that a replay, which is sealed anew, can succeed.
   */
  hasEnded({ operation, fence, seal }: Pick<MutationRef, 'operation' | 'fence' | 'seal'>): boolean {
    return this.#committed.has(operation) || this.#aborted.has(fence) || (seal !== undefined && this.#seals.has(seal));
  }

  /** Somebody prepared this fence, so an attempt under it may be unresolved. */
  wasPrepared(fence: Fence): boolean {
    return this.#prepared.has(fence);
  }

  /** The ABORTs above that fence that were told more than a quarter of the window ago, to be told again now. */
  fadingAborts(above: Fence, now: number): AbortRecord[] {
    const fading: AbortRecord[] = [];
    for (const [fence, { record, timestamp }] of this.#aborted) {
      if (timestamp > now - this.window / 4) break;
      if (fence > above) fading.push(record);
    }
    for (const record of fading) remember(this.#aborted, record.fence, { timestamp: now, record });
    return fading;
  }

  get size(): number {
    return this.#committed.size + this.#aborted.size + this.#seals.size + this.#prepared.size;
  }

  #forget(before: number): void {
    for (const memory of [this.#committed, this.#aborted, this.#seals, this.#prepared] as Map<unknown, Remembered>[]) {
      for (const [key, { timestamp }] of memory) {
        if (timestamp >= before) break;
        memory.delete(key);
      }
    }
  }
}
