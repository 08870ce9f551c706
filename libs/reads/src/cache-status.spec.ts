import { cacheStatusHeader, slowest, type CacheStatus } from './cache-status.js';

const l1: CacheStatus = { source: 'l1', remainingTtlMs: 1_999 };
const l2: CacheStatus = { source: 'l2', remainingTtlMs: -1 };
const store: CacheStatus = { source: 'store', forward: 'stale' };

it('the slowest of several sources stands for all, and the first of two alike', () => {
  for (const each of [l1, l2, store]) {
    expect(slowest(undefined, each)).toBe(each);
    expect(slowest(each, { ...each })).toBe(each);
  }
  for (const [fast, slow] of [
    [l1, l2],
    [l2, store],
    [l1, store],
  ] as const) {
    expect([slowest(fast, slow), slowest(slow, fast)]).toEqual([slow, slow]);
  }
});

it('the header says where the answer is from, why a store was asked, and whole seconds that are left', () => {
  expect([l1, l2, store].map(cacheStatusHeader)).toEqual([
    ...['coffer; hit; detail=l1; ttl=1', 'coffer; hit; detail=l2; ttl=0', 'coffer; fwd=stale; detail=store'],
  ]);
});
