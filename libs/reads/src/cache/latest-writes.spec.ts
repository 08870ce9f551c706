import type { StoredSecret } from '@coffer/backend-contract';
import type { CommitRecord } from '@coffer/coherence';
import { fenceOf } from '@coffer/secrets';
import { isBehind, LatestWrites } from './latest-writes.js';

const WINDOW_MS = 1_000;
const commit = (count: number): CommitRecord => ({
  type: 'COMMIT',
  partition: 0,
  owner: 0n,
  path: `main/ns/key-${count}`,
  fence: fenceOf(1, BigInt(count)),
  operation: `${count}`,
  kind: 'put',
  fingerprint: '',
  outcome: 'applied',
  sealed: new Uint8Array(),
});

describe('the latest writes', () => {
  it('stay below their bytes, and are unsure of what they may have forgotten until the window is over', () => {
    const writes = new LatestWrites(WINDOW_MS, 10_000);
    writes.committed(commit(0), 0);
    expect(writes.isUnsure('main/ns/never')).toBe(false);
    for (let count = 1; count < 500; count += 1) {
      writes.committed(commit(count), count);
      expect(writes.memory.bytes).toBeLessThanOrEqual(10_000);
    }
    expect(writes.of('main/ns/key-0')).toBeUndefined();
    expect(writes.isUnsure('main/ns/key-0')).toBe(true);
    expect(writes.isUnsure('main/ns/key-499')).toBe(false);
    expect(writes.memory.evictions).toBeGreaterThan(400);
    writes.committed(commit(500), 499 + WINDOW_MS);
    expect(writes.isUnsure('main/ns/key-0')).toBe(false);
  });

  const pathOf = (count: number): string => `main/ns/key-${count}`;
  /** What a write of such a path takes up. */
  const bytes = 200 + 2 * pathOf(1).length;

  it('are the last of each path, and take up what their paths take up', () => {
    const writes = new LatestWrites(WINDOW_MS);
    writes.committed(commit(1), 5);
    writes.committed({ ...commit(2), path: pathOf(1), kind: 'delete' }, 6);
    expect(writes.of(pathOf(1))).toEqual({ fence: fenceOf(1, 2n), deleted: true, timestamp: 6 });
    expect(writes.memory).toMatchObject({ bytes, evictions: 0 });
    writes.committed({ ...commit(3), path: `${pathOf(1)}xx` }, 7);
    expect(writes.memory.bytes).toBe(2 * bytes + 4);
    expect(writes.of(`${pathOf(1)}xx`)).toMatchObject({ deleted: false });
  });

  it('are none that wrote nothing', () => {
    const writes = new LatestWrites(WINDOW_MS);
    writes.committed({ ...commit(1), kind: 'drop' }, 0);
    writes.committed({ ...commit(2), outcome: 'superseded' }, 0);
    expect([writes.of(pathOf(1)), writes.of(pathOf(2)), writes.memory.bytes]).toEqual([undefined, undefined, 0]);
  });

  it('are remembered for the window, and then given back, which makes nothing unsure', () => {
    const writes = new LatestWrites(WINDOW_MS);
    writes.committed(commit(1), 0);
    writes.committed(commit(2), WINDOW_MS);
    expect(writes.of(pathOf(1))).toBeDefined();
    writes.committed(commit(3), WINDOW_MS + 1);
    expect([writes.of(pathOf(1)), writes.memory.bytes, writes.memory.evictions]).toEqual([undefined, 2 * bytes, 0]);
    expect(writes.isUnsure(pathOf(1))).toBe(false);
  });

  it('fill their bytes to the last one; one is kept however few there are', () => {
    const writes = new LatestWrites(WINDOW_MS, 2 * bytes);
    for (const count of [1, 2]) writes.committed(commit(count), count);
    expect([writes.memory.bytes, writes.memory.evictions]).toEqual([2 * bytes, 0]);
    writes.committed(commit(3), 3);
    expect([writes.memory.bytes, writes.memory.evictions, writes.of(pathOf(1))]).toEqual([2 * bytes, 1, undefined]);
    const few = new LatestWrites(WINDOW_MS, 1);
    few.committed(commit(1), 0);
    expect(few.of(pathOf(1))).toBeDefined();
  });

  it('are unsure until a window after the latest of those that were forgotten, but for what is known', () => {
    const writes = new LatestWrites(WINDOW_MS, bytes);
    writes.committed(commit(1), 100);
    writes.committed(commit(2), 200);
    expect([writes.isUnsure(pathOf(1)), writes.isUnsure(pathOf(2))]).toEqual([true, false]);
    writes.committed({ ...commit(3), path: pathOf(2) }, 99 + WINDOW_MS);
    expect(writes.isUnsure(pathOf(1))).toBe(true);
    writes.committed({ ...commit(4), path: pathOf(2) }, 50);
    writes.committed({ ...commit(5), path: pathOf(2) }, 100 + WINDOW_MS);
    expect(writes.isUnsure(pathOf(1))).toBe(false);
    writes.committed({ ...commit(6), path: pathOf(2) }, 0);
    expect(writes.isUnsure(pathOf(1))).toBe(false);
  });
});

describe('what a store answers', () => {
  const [one, two] = [fenceOf(1, 1n), fenceOf(1, 2n)];
  const stored = (fence?: typeof one) => ({ ...(fence === undefined ? {} : { fence }) }) as StoredSecret;
  const write = (deleted: boolean) => ({ fence: two, deleted, timestamp: 0 });

  it.each<[string, StoredSecret | undefined, ReturnType<typeof write> | undefined, boolean]>([
    ['a secret, where nothing was written', stored(one), undefined, false],
    ['nothing, where nothing was written', undefined, undefined, false],
    ['nothing after a put', undefined, write(false), true],
    ['nothing after a delete', undefined, write(true), false],
    ['an earlier write', stored(one), write(false), true],
    ['an earlier write after a delete', stored(one), write(true), true],
    ['that write', stored(two), write(false), false],
    ['a later write', stored(fenceOf(1, 3n)), write(false), false],
    ['what was made without Coffer', stored(), write(false), false],
  ])('is behind or not: %s', (_what, answer, latest, behind) => {
    expect(isBehind(answer, latest)).toBe(behind);
  });
});
