import type { StoredSecret } from '@coffer/backend-contract';
import type { CachedSecret } from '@coffer/cache';
import type { SecretPath } from '@coffer/secrets';
import type { CacheStatus } from './cache-status.js';

/** The answer for one path, and where it came from; `secret` is `undefined` where there is none. */
export type LookupResult = { readonly secret: CachedSecret | undefined } & CacheStatus;

/** What of a store's answer is given out, and cached. */
export const cachedSecretOf = (stored: StoredSecret | undefined): CachedSecret | undefined => {
  if (stored === undefined) return undefined;
  const { value, version, revision, changed } = stored;
  return { value, version, revision, ...(changed === undefined ? {} : { changed }) };
};

/** Looks single paths up: the one thing that differs with a cache and without. */
export interface Lookup {
  /**
   * What is known of the path without asking anybody: a value that may be served, or `absent` where it is certain that
   * there is none. `undefined` means unknown; call `read`. Never throws.
   */
  cached(path: SecretPath): (LookupResult & { readonly secret: CachedSecret }) | 'absent' | undefined;
  /**
   * The answer, at once where nothing has to be waited for. With `refresh` the store is asked whatever is cached. Rejects
   * with what the store throws.
   */
  read(path: SecretPath, refresh: boolean): LookupResult | Promise<LookupResult>;
}
