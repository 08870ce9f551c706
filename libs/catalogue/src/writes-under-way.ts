import type { LogEntry } from '@coffer/coherence';
import type { Fence } from '@coffer/secrets';

interface UnderWay {
  readonly fence: Fence;
  /** The log's own time of its latest PREPARE, in milliseconds. */
  readonly timestamp: number;
}

/** More are never under way than the queue has room for; beyond it the oldest are forgotten. */
const MAX_WRITES = 16_000;

/**
 * Secrets whose write has begun and not ended, by the log's word. For people to see: nothing that is promised depends on
 * it. One that ended where nobody could say so is forgotten after the window.
 */
export class WritesUnderWay {
  readonly #byPath = new Map<string, UnderWay>();

  constructor(private readonly windowMs: number) {}

  get size(): number {
    return this.#byPath.size;
  }

  has(path: string): boolean {
    return this.#byPath.size > 0 && this.#byPath.has(path);
  }

  /** Takes a record that counts into account. */
  read({ record, timestamp }: LogEntry): void {
    if (record.type === 'PREPARE') {
      const known = this.#byPath.get(record.path);
      if (known !== undefined && known.fence > record.fence) return;
      this.#byPath.delete(record.path);
      this.#byPath.set(record.path, { fence: record.fence, timestamp });
      this.#forget(timestamp - this.windowMs);
    } else if (record.type === 'COMMIT' || record.type === 'ABORT') {
      const known = this.#byPath.get(record.path);
      if (known !== undefined && known.fence <= record.fence) this.#byPath.delete(record.path);
    }
  }

  #forget(before: number): void {
    for (const [path, { timestamp }] of this.#byPath) {
      if (timestamp >= before && this.#byPath.size <= MAX_WRITES) return;
      this.#byPath.delete(path);
    }
  }
}
