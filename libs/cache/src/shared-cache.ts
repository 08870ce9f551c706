import type { EntryStamp } from '@coffer/coherence';
import type { SecretPath } from '@coffer/secrets';
import type { CacheEntry } from './entry.js';

/** The right to fill a key, given to one caller at a time and taken back by `invalidate`. */
export interface FillLease {
  readonly path: SecretPath;
  readonly token: string;
}

export type SharedLookup =
  | { readonly kind: 'hit'; readonly entry: CacheEntry }
  /** Nothing usable is there, and this caller fills it: it calls `fill` or `releaseLease`. */
  | { readonly kind: 'fill'; readonly lease: FillLease }
  /** Nothing usable came, and another one fills it, or the cache cannot be asked: the answer of the store is not kept here. */
  | { readonly kind: 'miss' };

/**
 * L2: entries that the gateways share. It may lose entries, delay them or bring old ones back: that costs time alone,
 * since the reader judges each entry by its stamp. No method ever rejects, and each one answers within a short deadline
 * of the implementation's own.
 */
export interface SharedCache {
  /**
   * `usable` says whether an entry may be used now. When another caller fills the key, its entry is waited for, shortly.
   */
  getOrLease(path: SecretPath, usable: (stamp: EntryStamp) => boolean): Promise<SharedLookup>;
  /** Keeps the entry, unless the lease was taken back, ran out, or an entry with a higher tag is there. */
  fill(lease: FillLease, entry: CacheEntry): Promise<void>;
  /** There is nothing to keep: the next caller may fill. */
  releaseLease(lease: FillLease): Promise<void>;
  /** Drops the entry and takes the fill lease back. Resolves with whether that is known to have happened. */
  invalidate(path: SecretPath): Promise<boolean>;
  close(): Promise<void>;
}
