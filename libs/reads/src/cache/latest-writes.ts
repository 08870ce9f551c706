import type { StoredSecret } from '@coffer/backend-contract';
import type { CommitRecord } from '@coffer/coherence';
import type { Fence } from '@coffer/secrets';

interface Write {
  readonly fence: Fence;
  readonly deleted: boolean;
  /** The log's own time, in milliseconds. */
  readonly timestamp: number;
}

/**
 * The latest write of each path within the window, as the log has it: a store whose reads lag behind its writes may
 * answer what was before.
 */
export class LatestWrites {
  readonly #writes = new Map<string, Write>();

  /** In milliseconds. */
  constructor(private readonly window: number) {}

  /** A record that counts, in log order. */
  committed({ path, fence, kind, outcome }: CommitRecord, timestamp: number): void {
    if (kind === 'drop' || outcome !== 'applied') return;
    this.#writes.delete(path);
    this.#writes.set(path, { fence, deleted: kind === 'delete', timestamp });
    for (const [old, { timestamp: at }] of this.#writes) {
      if (at >= timestamp - this.window) break;
      this.#writes.delete(old);
    }
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
