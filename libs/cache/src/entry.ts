import type { EntryStamp } from '@coffer/coherence';
import type { SecretValue } from '@coffer/secrets';

/** What a read answers of a secret. */
export interface CachedSecret {
  readonly value: SecretValue;
  readonly version: string;
  readonly revision: number;
  readonly changed?: number;
}

/** What a cache holds of a key. Whether it may be used is the reader's to say, by the stamp. */
export interface CacheEntry extends EntryStamp {
  /** `undefined` where the store has no such secret. */
  readonly secret: CachedSecret | undefined;
  /** When it was last answered, in milliseconds since the Unix epoch; kept where that is looked at. */
  hitAt?: number;
}

/** The maximum time to live of an entry that several processes share; the replay window outlasts it. */
export const MAX_SHARED_TTL_MS = 300_000;
