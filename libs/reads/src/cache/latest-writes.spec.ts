import type { CommitRecord } from '@coffer/coherence';
import { fenceOf } from '@coffer/secrets';
import { LatestWrites } from './latest-writes.js';

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
});
