import type { Tag } from '@coffer/secrets';

/**
 * What a store can do, declared rather than discovered by failure.
 *
 * `atomic`: the store itself refuses a write whose fence is not above the stored one.
 * `checked`: the adapter looks before and after; a delayed write may slip between.
 * `none`: last writer wins.
 */
export type ConditionalWrites = 'atomic' | 'checked' | 'none';

/** Limits of the store, in its own units; the facade enforces them before anything is queued. */
export interface StoreLimits {
  /** Longest value, in bytes of UTF-8. */
  readonly valueBytes: number;
  /** Longest description, in bytes of UTF-8. */
  readonly descriptionBytes: number;
  readonly tags: {
    readonly count: number;
    /** In code points. */
    readonly keyLength: number;
    /** In code points. */
    readonly valueLength: number;
    /** The store's rule that a tag breaks, without quoting the tag; `undefined` for a tag that it takes. Defaults to taking all. */
    readonly brokenRule?: (tag: Tag) => string | undefined;
  };
}

/** Calls of this port in a second that the store's published limits leave room for, whatever each needs of the vendor's. */
export interface StoreRates {
  /** `read` and `check`. */
  readonly reads?: number;
  /** `write`, `annotate` and `delete`. */
  readonly writes?: number;
  /** Pages of `list`. */
  readonly lists?: number;
}

export interface Capabilities {
  /** The store's name as messages show it, e.g. `PostgreSQL`. */
  readonly store: string;
  readonly conditionalWrites: ConditionalWrites;
  /** A read that begins after a write was answered sees it. */
  readonly strongReads: boolean;
  /** The tombstone of a delete keeps its fence, so that a delayed older write cannot raise the dead. */
  readonly tombstones: boolean;
  /** Shows secrets that were made in the store without Coffer. */
  readonly externalSecrets: boolean;
  /** Two instances can share the store without seeing each other's secrets. */
  readonly prefixes: boolean;
  readonly limits: StoreLimits;
  /** Absent where the vendor publishes none that one process could reach. */
  readonly rates?: StoreRates;
}
