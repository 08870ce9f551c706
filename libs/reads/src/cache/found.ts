import type { CachedSecret } from '@coffer/cache';

/**
 * Why the store was asked. `miss`: nothing was cached, or its time was over. `stale`: what was cached is older than a
 * write. `bypass`: caches were not asked, or could not be trusted just then.
 */
export type Forward = 'miss' | 'stale' | 'bypass';

/** The answer for one key, and where it came from. */
export type Found = { readonly secret: CachedSecret | undefined } & Served;

export type Served =
  /** `left`: of the entry's life, in milliseconds. */
  { readonly source: 'l1' | 'l2'; readonly left: number } | { readonly source: 'store'; readonly forward: Forward };

const FARTHEST: Readonly<Record<Served['source'], number>> = { l1: 0, l2: 1, store: 2 };

/** The one that stands for both, where an answer was made of several. */
export const fartherOf = (a: Served, b: Served): Served => (FARTHEST[b.source] > FARTHEST[a.source] ? b : a);

/** The value of the header `Cache-Status` (RFC 9211). */
export const cacheStatus = (served: Served): string =>
  served.source === 'store'
    ? `coffer; fwd=${served.forward}; detail=store`
    : `coffer; hit; detail=${served.source}; ttl=${Math.max(0, Math.floor(served.left / 1_000))}`;
