import type { Fence } from '@coffer/secrets';
import type { Rules } from '../rules.js';

/** No fence of a mutation: below all of them. */
const NONE = 0n;

/** What the log said of one key within the window. */
interface Key {
  /** The highest fence that a COMMIT ended. */
  fence: bigint;
  /** The highest fence prepared and not ended. */
  blocked: bigint;
  /** The index's count of changes at the latest one of this key. */
  changed: number;
  /** The log's time of the latest record, in milliseconds since the Unix epoch. */
  timestamp: number;
}

/** The keys that the log spoke of within the window, in the order of their latest records. */
export class KeyIndex {
  readonly #keys = new Map<string, Key>();
  #changes = 0;
  #cleared = 0;

  /** `window`: in milliseconds. */
  constructor(
    private readonly window: number,
    private readonly rules: Rules,
  ) {}

  /** Counts the changes of all keys: a mark in time to ask `changedSince` about. */
  get changes(): number {
    return this.#changes;
  }

  get size(): number {
    return this.#keys.size;
  }

  /** The highest fence that ended, within the window; 0 for none. */
  fence(path: string): bigint {
    return this.#keys.get(path)?.fence ?? NONE;
  }

  blocked(path: string): boolean {
    const key = this.#keys.get(path);
    return key !== undefined && key.blocked !== NONE;
  }

  /** Whether an entry with this tag may be used now: the key is not blocked, and nothing ended above the tag. */
  admits(path: string, tag: bigint): boolean {
    const key = this.#keys.get(path);
    if (key === undefined) return true;
    return (key.blocked === NONE || !this.rules.block) && (tag >= key.fence || !this.rules.tag);
  }

  /** Whether a PREPARE or COMMIT of the key was read since then, or everything was forgotten. */
  changedSince(path: string, changes: number): boolean {
    return changes < this.#cleared || (this.#keys.get(path)?.changed ?? 0) > changes;
  }

  prepare(path: string, fence: Fence, timestamp: number): void {
    const key = this.#touch(path, timestamp);
    if (fence <= key.fence && this.rules.latePrepare) return;
    if (fence > key.blocked) key.blocked = fence;
    key.changed = ++this.#changes;
  }

  commit(path: string, fence: Fence, timestamp: number): void {
    const key = this.#touch(path, timestamp);
    if (fence > key.fence) key.fence = fence;
    if (key.blocked <= fence || !this.rules.fenceBlock) key.blocked = NONE;
    key.changed = ++this.#changes;
  }

  /** The store is as before: what was cached before the PREPARE is true still. */
  abort(path: string, fence: Fence, timestamp: number): void {
    const key = this.#touch(path, timestamp);
    if (key.blocked === fence) key.blocked = NONE;
  }

  clear(): void {
    this.#keys.clear();
    this.#cleared = ++this.#changes;
  }

  /** The key becomes the youngest one; what is older than the window is forgotten. */
  #touch(path: string, timestamp: number): Key {
    const key = this.#keys.get(path) ?? { fence: NONE, blocked: NONE, changed: 0, timestamp };
    this.#keys.delete(path);
    key.timestamp = timestamp;
    this.#keys.set(path, key);
    for (const [old, { timestamp: at }] of this.#keys) {
      if (at >= timestamp - this.window) break;
      this.#keys.delete(old);
    }
    return key;
  }
}
