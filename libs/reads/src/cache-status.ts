/**
 * Why the store was asked. `miss`: nothing was cached, or it had expired. `stale`: what was cached is older than a
 * write. `bypass`: caches were not asked, or could not be trusted just then.
 */
export type ForwardReason = 'miss' | 'stale' | 'bypass';

/** Where an answer came from. */
export type CacheStatus =
  | { readonly source: 'l1' | 'l2'; readonly remainingTtlMs: number }
  | { readonly source: 'store'; readonly forward: ForwardReason };

const RANKS: Readonly<Record<CacheStatus['source'], number>> = { l1: 0, l2: 1, store: 2 };

/** The one that stands for both, where an answer was made of several; the first of two alike. */
export const slowest = (a: CacheStatus | undefined, b: CacheStatus): CacheStatus =>
  a === undefined || RANKS[b.source] > RANKS[a.source] ? b : a;

/** The value of the header `Cache-Status` (RFC 9211). */
export const cacheStatusHeader = (status: CacheStatus): string =>
  status.source === 'store'
    ? `coffer; fwd=${status.forward}; detail=store`
    : `coffer; hit; detail=${status.source}; ttl=${Math.max(0, Math.floor(status.remainingTtlMs / 1_000))}`;
