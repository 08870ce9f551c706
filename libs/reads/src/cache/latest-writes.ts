import type { StoredSecret } from '@coffer/backend-contract';
import type { CommitRecord } from '@coffer/coherence';
import type { BudgetReading } from '@coffer/observability';
import type { Fence } from '@coffer/secrets';

interface Write {
  readonly fence: Fence;
  readonly deleted: boolean;
  /** The log's own time, in milliseconds. */
  readonly timestamp: number;
}

/** Bounds all that are remembered, some 250 bytes each. */
export const WRITES_MAX_BYTES = 32 * 1024 * 1024;

/** What a write takes up beside its path. */
const WRITE_BYTES = 200;

const bytesOf = (path: string): number => WRITE_BYTES + 2 * path.length;

/**
 * The latest write of each path within the window, as the log has it: a store whose reads lag behind its writes may
 * answer what was before. Beyond `maxBytes` the oldest are forgotten early; then it `isUnsure` of paths that it does not
 * know for one window, and what such a store answers of them is not to be cached.
 */
export class LatestWrites {
  readonly #writes = new Map<string, Write>();
  #bytes = 0;
  #evictions = 0;
  #latest = -Infinity;
  #unsureUntil = -Infinity;

  /** `windowMs`: how long a write is remembered. */
  constructor(
    private readonly windowMs: number,
    private readonly maxBytes = WRITES_MAX_BYTES,
  ) {}

  get memory(): BudgetReading {
    return { bytes: this.#bytes, limitBytes: this.maxBytes, evictions: this.#evictions };
  }

  /** A record that counts, in log order. */
  committed({ path, fence, kind, outcome }: CommitRecord, timestamp: number): void {
    if (kind === 'drop' || outcome !== 'applied') return;
    if (!this.#writes.delete(path)) this.#bytes += bytesOf(path);
    this.#writes.set(path, { fence, deleted: kind === 'delete', timestamp });
    this.#latest = Math.max(this.#latest, timestamp);
    for (const [old, { timestamp: at }] of this.#writes) {
      const isOver = at < timestamp - this.windowMs;
      if (!isOver && (this.#bytes <= this.maxBytes || this.#writes.size === 1)) break;
      this.#writes.delete(old);
      this.#bytes -= bytesOf(old);
      if (isOver) continue;
      this.#evictions += 1;
      this.#unsureUntil = Math.max(this.#unsureUntil, at + this.windowMs);
    }
  }

  /** Whether a write of the path within the window may have been forgotten. */
  isUnsure(path: string): boolean {
    return this.#latest < this.#unsureUntil && !this.#writes.has(path);
  }

  /** The fence that the store's answer must not be below, if it has one. */
  of(path: string): Write | undefined {
    return this.#writes.get(path);
  }
}

/** Whether the store answered what was before that write. What was made without Coffer has no fence to tell by. */
export const isBehind = (stored: StoredSecret | undefined, write: Write | undefined): boolean => {
  if (write === undefined) return false;
  if (stored === undefined) return !write.deleted;
  return stored.fence !== undefined && stored.fence < write.fence;
};
