import type { Fence } from '@coffer/secrets';
import type { AbortRecord } from '../log-record.js';
import type { ApplierEffect } from './events.js';
import type { Job } from './job.js';
import type { LogMemory } from './log-memory.js';
import type { Ownership } from './ownership.js';

/** ABORTs kept at most: several times what a partition's queue lets through behind one that waits. */
const MAX_KEPT = 4_000;
/** How often it is looked which are due, as a part of the window. */
const SCANS_PER_WINDOW = 64;

/** The owner in whose name records are written. */
type Owner = Pick<Ownership, 'identity'>;

interface Kept {
  readonly record: AbortRecord;
  /** When it was last written, by the log's clock. */
  timestamp: number;
}

/**
 * A mutation that was refused is delivered again to the next owner while an earlier one is unfinished, however long
 * that takes: its ABORT must not be older than the window then, or it would be applied after all.
 */
export class RepeatedAborts {
  readonly #kept = new Map<Fence, Kept>();
  #latest = 0;
  #lookedAt = -Infinity;

  constructor(
    private readonly memory: Pick<LogMemory, 'abortCode'>,
    private readonly windowMs: number,
  ) {}

  /** Nothing can be due. */
  get isEmpty(): boolean {
    return this.#kept.size === 0;
  }

  /** Takes an ABORT into account; `lowest` is the fence of the earliest unfinished mutation. */
  read(record: AbortRecord, lowest: Fence | undefined, timestamp: number): void {
    this.#latest = Math.max(this.#latest, timestamp);
    const known = this.#kept.get(record.fence);
    if (known !== undefined) known.timestamp = timestamp;
    else this.#keep(record, lowest);
  }

  /** Finishes a mutation that had ended before this owner's time. */
  finish(job: Job, owner: Owner, lowest: Fence | undefined): ApplierEffect {
    const { operation, fence } = job.attempt;
    const code = this.memory.abortCode(operation, fence);
    if (code !== undefined) this.#keep(job.abort(owner.identity, code), lowest);
    return { type: 'finish', attempt: job.attempt };
  }

  /** Those that were last written more than a quarter of the window ago, to be written again now. */
  due(owner: Owner, lowest: Fence | undefined, timestamp: number): ApplierEffect[] {
    if (lowest === undefined) this.#kept.clear();
    if (this.#kept.size === 0 || timestamp < this.#lookedAt + this.windowMs / SCANS_PER_WINDOW) return [];
    this.#lookedAt = timestamp;
    const due: ApplierEffect[] = [];
    for (const [fence, kept] of this.#kept) {
      if (lowest === undefined || fence < lowest) this.#kept.delete(fence);
      else if (kept.timestamp <= timestamp - this.windowMs / 4) {
        kept.timestamp = timestamp;
        due.push({ type: 'append', record: { ...kept.record, ...owner.identity } });
      }
    }
    return due;
  }

  #keep(record: AbortRecord, lowest: Fence | undefined): void {
    // A partition that stopped has finished nothing: see `fence-ahead`.
    if (lowest === undefined || record.fence <= lowest || record.code === 'fence-ahead') return;
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(record.fence, { record, timestamp: this.#latest });
  }
}
