/**
 * `hit`; `fill`: nothing was there, and the caller fills; `miss`: another one fills and its entry did not come in time;
 * `failed`: no answer in time, or none at all.
 */
export type LookupOutcome = 'hit' | 'fill' | 'miss' | 'failed';

/** Where a shared cache's figures go; called synchronously, must not throw. */
export interface SharedCacheMetrics {
  lookup(outcome: LookupOutcome): void;
  /** Whether the entry was kept. */
  fill(kept: boolean): void;
  /** An entry that does not open: sealed with a key that is gone, moved, or not written by Coffer. */
  unreadable(): void;
  breaker(open: boolean): void;
  /** A call to the cache failed; `family` is one of a closed set. */
  error(family: string): void;
}

export const NO_SHARED_CACHE_METRICS: SharedCacheMetrics = {
  lookup: () => undefined,
  fill: () => undefined,
  unreadable: () => undefined,
  breaker: () => undefined,
  error: () => undefined,
};
