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
  /** What the log said before may have been forgotten: until then, on the log's clock. */
  readonly unsureUntil: number;
}

/** What a key takes up beside its path. */
const KEY_BYTES = 250;

const bytesOf = (path: string): number => KEY_BYTES + 2 * path.length;

/**
 * The keys that the log spoke of within the window, in the order of their latest records. Beyond `maxBytes` the oldest
 * are forgotten early, which makes nothing stale:
 * - Of an entry in this process's memory nothing needs to be known: it went when its key's COMMIT was read.
 * - A call to the store that was under way then is killed.
 * - Where a key may have been forgotten, no entry of a shared cache is admitted, for one window (`isSure`).
 * - When even keys that are blocked must go, all keys count as blocked for one window.
 */
export class KeyIndex {
  readonly #keys = new Map<string, Key>();
  #changes = 0;
  #cleared = 0;
  #bytes = 0;
  #evictions = 0;
  /** The log's time of the latest record. */
  #latest = -Infinity;
  /** The count of changes at the latest change of a key that was forgotten early. */
  #changedForgotten = 0;
  #unsureUntil = -Infinity;
  #blockedUntil = -Infinity;

  /** `windowMs`: the replay window. */
  constructor(
    private readonly windowMs: number,
    private readonly rules: Rules,
    private readonly maxBytes = Infinity,
  ) {}

  /** About what the keys take up. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Keys that were forgotten before their time. */
  get evictions(): number {
    return this.#evictions;
  }

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
    return (key !== undefined && key.blocked !== NONE) || this.#latest < this.#blockedUntil;
  }

  /** Whether an entry with this tag may be used now: the key is not blocked, and nothing ended above the tag. */
  admits(path: string, tag: bigint): boolean {
    const key = this.#keys.get(path);
    if (this.#latest < this.#blockedUntil) return false;
    if (key === undefined) return true;
    return (key.blocked === NONE || !this.rules.block) && (tag >= key.fence || !this.rules.tag);
  }

  /**
   * Whether nothing that the log said of the key within the window was forgotten. An entry of a cache that nobody takes
   * entries out of when their COMMIT is read needs this beside `admits`.
   */
  isSure(path: string): boolean {
    return this.#latest >= (this.#keys.get(path)?.unsureUntil ?? this.#unsureUntil);
  }

  /** Whether a PREPARE or COMMIT of the key was read since then, or everything was forgotten. */
  changedSince(path: string, changes: number): boolean {
    return changes < this.#cleared || (this.#keys.get(path)?.changed ?? this.#changedForgotten) > changes;
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
    this.#bytes = 0;
    this.#unsureUntil = this.#blockedUntil = -Infinity;
    this.#cleared = ++this.#changes;
  }

  /** The key becomes the youngest one; what is older than the window is forgotten. */
  #touch(path: string, timestamp: number): Key {
    const key = this.#keys.get(path) ?? this.#newKey(timestamp);
    if (!this.#keys.delete(path)) this.#bytes += bytesOf(path);
    key.timestamp = timestamp;
    this.#keys.set(path, key);
    if (timestamp > this.#latest) this.#latest = timestamp;
    for (const [old, { timestamp: at }] of this.#keys) {
      if (at >= timestamp - this.windowMs) break;
      this.#forget(old);
    }
    if (this.#bytes > this.maxBytes) this.#makeRoom();
    return key;
  }

  #newKey(timestamp: number): Key {
    const changed = this.#changedForgotten;
    return { fence: NONE, blocked: NONE, changed, timestamp, unsureUntil: this.#unsureUntil };
  }

  #forget(path: string): void {
    this.#keys.delete(path);
    this.#bytes -= bytesOf(path);
  }

  #makeRoom(): void {
    for (const [old, { timestamp, changed, blocked }] of this.#keys) {
      if (this.#bytes <= this.maxBytes || this.#keys.size === 1) break;
      const until = timestamp + this.windowMs;
      this.#changedForgotten = Math.max(this.#changedForgotten, changed);
      this.#unsureUntil = Math.max(this.#unsureUntil, until);
      if (blocked !== NONE) this.#blockedUntil = Math.max(this.#blockedUntil, until);
      this.#forget(old);
      this.#evictions += 1;
    }
  }
}
