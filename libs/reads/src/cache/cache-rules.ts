import { MAX_SHARED_TTL_MS } from '@coffer/cache';
import type { Configuration } from '@coffer/config';

/** How the secrets of one manager are cached. */
export interface CacheRule {
  /** Entries in this gateway's memory. */
  readonly maximumSize: number;
  /** How long an entry lives, counted from before the store was asked. */
  readonly lifeMs: number;
}

/** Cache rules by the manager's name; a manager without one is not cached. */
export type CacheRules = ReadonlyMap<string, CacheRule>;

/**
 * `shared`: whether entries also go into a cache of several processes, which keeps none for longer than
 * `MAX_SHARED_TTL_MS`; those in memory live no longer either.
 */
export const cacheRulesOf = (
  { cache, managers }: Pick<Configuration, 'cache' | 'managers'>,
  shared: boolean,
): CacheRules => {
  const rules = new Map<string, CacheRule>();
  const add = (
    name: string,
    { enabled, maximumSize, expireAfterWrite }: Omit<Configuration['cache'], 'mode'>,
  ): void => {
    const lifeMs = shared ? Math.min(expireAfterWrite, MAX_SHARED_TTL_MS) : expireAfterWrite;
    if (enabled) rules.set(name, { maximumSize, lifeMs });
  };
  add('default', cache);
  for (const { tenant, namespace, cache: own } of managers) {
    add(namespace === undefined ? tenant : `${tenant}/${namespace}`, own ?? cache);
  }
  return rules;
};
