import { fenceOf } from '@coffer/secrets';
import { ALL_RULES } from '../rules.js';
import { KeyIndex } from './key-index.js';

const WINDOW_MS = 1_000;
const PATH = 'main/ns/key';
/** What a key of such a path takes up. */
const BYTES = 250 + 2 * PATH.length;
const fence = (offset: number) => fenceOf(1, BigInt(offset));
const other = (index: number): string => `main/ns/ke${index}`;

describe('the keys that the log spoke of', () => {
  const open = (maxBytes?: number) => new KeyIndex(WINDOW_MS, ALL_RULES, maxBytes);
  let keys: KeyIndex;
  beforeEach(() => {
    keys = open();
  });

  it('are none at first: everything is admitted, and is sure', () => {
    expect([keys.admits(PATH, 0n), keys.isSure(PATH), keys.blocked(PATH), keys.fence(PATH)]).toEqual([
      ...[true, true, false, 0n],
    ]);
    keys.prepare(other(1), fence(1), 0);
    expect([keys.admits(PATH, 0n), keys.isSure(PATH), keys.blocked(PATH)]).toEqual([true, true, false]);
  });

  it('are blocked until the highest fence that was prepared has ended', () => {
    keys.prepare(PATH, fence(5), 0);
    keys.prepare(PATH, fence(3), 0);
    keys.commit(PATH, fence(3), 0);
    expect(keys.blocked(PATH)).toBe(true);
    keys.abort(PATH, fence(4), 0);
    expect(keys.blocked(PATH)).toBe(true);
    keys.abort(PATH, fence(5), 0);
    expect(keys.blocked(PATH)).toBe(false);
  });

  it('keep their highest fence', () => {
    keys.commit(PATH, fence(5), 0);
    keys.commit(PATH, fence(3), 0);
    expect(keys.fence(PATH)).toBe(fence(5));
    expect([keys.admits(PATH, fence(4)), keys.admits(PATH, fence(5))]).toEqual([false, true]);
  });

  it('take up what their paths take up, once each, and give it back', () => {
    keys.prepare(PATH, fence(1), 0);
    keys.commit(PATH, fence(1), 0);
    expect(keys.bytes).toBe(BYTES);
    keys.commit(`${PATH}-and-more`, fence(2), WINDOW_MS);
    expect([keys.size, keys.bytes]).toEqual([2, 2 * BYTES + 2 * '-and-more'.length]);
    keys.commit(other(1), fence(3), WINDOW_MS + 1);
    expect([keys.size, keys.evictions]).toEqual([2, 0]);
    keys.clear();
    expect([keys.size, keys.bytes]).toEqual([0, 0]);
  });

  it('fill their bytes to the last one, and the oldest goes for the next', () => {
    keys = open(3 * BYTES);
    for (const index of [1, 2, 3]) keys.commit(other(index), fence(index), index);
    expect([keys.size, keys.evictions]).toEqual([3, 0]);
    keys.commit(other(4), fence(4), 4);
    expect([keys.size, keys.evictions, keys.bytes]).toEqual([3, 1, 3 * BYTES]);
    expect([keys.fence(other(1)), keys.fence(other(2))]).toEqual([0n, fence(2)]);
  });

  it('are one at least, however few bytes there are', () => {
    keys = open(1);
    keys.prepare(PATH, fence(1), 0);
    expect([keys.size, keys.blocked(PATH), keys.evictions]).toEqual([1, true, 0]);
    keys.commit(other(1), fence(2), 5);
    expect([keys.size, keys.evictions]).toEqual([1, 1]);
  });

  describe('when one was forgotten early', () => {
    beforeEach(() => {
      keys = open(BYTES);
      keys.commit(PATH, fence(1), 100);
      keys.commit(other(1), fence(2), 200);
    });

    it('are unsure for a window from its latest record, but for those that were known then', () => {
      expect([keys.isSure(PATH), keys.isSure(other(1))]).toEqual([false, true]);
      keys.commit(other(1), fence(3), 99 + WINDOW_MS);
      expect(keys.isSure(PATH)).toBe(false);
      keys.commit(other(1), fence(4), 100 + WINDOW_MS);
      expect(keys.isSure(PATH)).toBe(true);
    });

    it('stay unsure by the log’s latest time, also where a record is older than that', () => {
      keys.commit(other(1), fence(4), 100 + WINDOW_MS);
      keys.commit(other(1), fence(5), 50);
      expect(keys.isSure(PATH)).toBe(true);
    });

    it('are unsure when they are named again before the window is over', () => {
      keys.commit(PATH, fence(9), 300);
      expect(keys.isSure(PATH)).toBe(false);
    });

    it('count as changed since then, and all do after they were cleared', () => {
      const { changes } = keys;
      expect([keys.changedSince('main/ns/new', changes), keys.changedSince('main/ns/new', 0)]).toEqual([false, true]);
      keys.clear();
      expect(keys.changedSince('main/ns/new', changes)).toBe(true);
      expect([keys.isSure(PATH), keys.changedSince('main/ns/new', keys.changes)]).toEqual([true, false]);
    });
  });

  it('all count as blocked for a window when one that was blocked had to go', () => {
    keys = open(BYTES);
    keys.prepare(PATH, fence(1), 100);
    keys.commit(other(1), fence(2), 200);
    expect([keys.blocked('main/ns/new'), keys.admits('main/ns/new', 0n)]).toEqual([true, false]);
    keys.commit(other(1), fence(3), 99 + WINDOW_MS);
    expect([keys.blocked('main/ns/new'), keys.admits('main/ns/new', 0n)]).toEqual([true, false]);
    keys.commit(other(1), fence(4), 100 + WINDOW_MS);
    expect([keys.blocked('main/ns/new'), keys.admits('main/ns/new', 0n)]).toEqual([false, true]);
  });
});
