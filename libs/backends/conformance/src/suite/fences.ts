import { expect } from '@jest/globals';
import { MAX_GENERATION, MAX_OFFSET, SecretValue, fenceOf } from '@coffer/secrets';
import type { Bench } from './bench.js';

const WRITERS = 10;

const conditionalTests = (bench: Bench): void => {
  const { it } = bench;
  it('replay of a fence', async () => {
    const path = bench.path();
    const metadata = { description: 'd', tags: [{ key: 'a', value: 'b' }] };
    const fence = bench.fence();
    const write = () =>
      bench.backend.apply({ kind: 'put', path, value: bench.value('x'), metadata }, { fence, ...bench.call() });
    const first = await write();
    expect(await write()).toEqual(first);
    expect(first).toMatchObject({ outcome: 'applied', metadata });
    expect(await bench.textOf(path)).toBe('x');
  });

  it('replay of a metadata-only update', async () => {
    const path = bench.path();
    await bench.put(path, 'x');
    const fence = bench.fence();
    const annotate = () =>
      bench.backend.apply({ kind: 'patch', path, metadata: { description: 'd' } }, { fence, ...bench.call() });
    const first = await annotate();
    expect(await annotate()).toEqual(first);
    expect(first).toMatchObject({ outcome: 'applied', metadata: { description: 'd', tags: [] } });
  });

  it('replay of a delete', async () => {
    const path = bench.path();
    await bench.put(path, 'x');
    const fence = bench.fence();
    const first = await bench.backend.apply({ kind: 'delete', path }, { fence, ...bench.call() });
    expect(await bench.backend.apply({ kind: 'delete', path }, { fence, ...bench.call() })).toEqual(first);
    expect(first.outcome).toBe('applied');
  });

  it('older fence after a newer one', async () => {
    const path = bench.path();
    const [older, newer] = [bench.fence(), bench.fence()];
    const superseded = { outcome: 'superseded', storedFence: newer };
    await bench.backend.apply(
      { kind: 'put', path, value: bench.value('new'), metadata: { description: 'new', tags: [] } },
      { fence: newer, ...bench.call() },
    );
    expect(
      await bench.backend.apply(
        { kind: 'put', path, value: bench.value('old'), metadata: { tags: [] } },
        { fence: older, ...bench.call() },
      ),
    ).toEqual(superseded);
    expect(
      await bench.backend.apply(
        { kind: 'patch', path, metadata: { description: 'old' } },
        { fence: older, ...bench.call() },
      ),
    ).toEqual(superseded);
    expect(await bench.backend.apply({ kind: 'delete', path }, { fence: older, ...bench.call() })).toEqual(superseded);
    expect(await bench.textOf(path)).toBe('new');
    expect((await bench.backend.read(path, bench.call()))?.metadata.description).toBe('new');
  });

  it('fences that differ beyond 53 bits', async () => {
    const path = bench.path();
    const fences = [-2n, -1n, 0n].map((step) => fenceOf(MAX_GENERATION, MAX_OFFSET + step));
    const [low, middle, high] = fences as [(typeof fences)[0], (typeof fences)[0], (typeof fences)[0]];
    const write = (text: string, fence: typeof low) =>
      bench.backend.apply(
        { kind: 'put', path, value: bench.value(text), metadata: { tags: [] } },
        { fence, ...bench.call() },
      );
    expect((await write('middle', middle)).outcome).toBe('applied');
    expect(await write('low', low)).toEqual({ outcome: 'superseded', storedFence: middle });
    expect((await write('high', high)).outcome).toBe('applied');
    expect(await write('middle', middle)).toEqual({ outcome: 'superseded', storedFence: high });
    expect(await bench.textOf(path)).toBe('high');
  });

  it('ten writers of one key', async () => {
    const path = bench.path();
    const fences = Array.from({ length: WRITERS }, () => bench.fence());
    const order = [5, 9, 0, 3, 7, 1, 8, 2, 6, 4];
    const outcomes = await Promise.all(
      order.map((n) =>
        bench.backend.apply(
          { kind: 'put', path, value: bench.value(String(n)), metadata: { tags: [] } },
          { fence: fences[n]!, ...bench.call() },
        ),
      ),
    );
    const last = fences[WRITERS - 1]!;
    expect(outcomes[order.indexOf(WRITERS - 1)]?.outcome).toBe('applied');
    for (const outcome of outcomes) {
      if (outcome.outcome === 'superseded') expect(outcome.storedFence <= last).toBe(true);
    }
    expect(await bench.textOf(path)).toBe(String(WRITERS - 1));
    expect(await bench.keys(path.tenant)).toEqual([path.key]);
  });
};

const tombstoneTests = (bench: Bench): void => {
  const { it } = bench;
  it('write older than a tombstone', async () => {
    const path = bench.path();
    const [older, deleted, newer] = [bench.fence(), bench.fence(), bench.fence()];
    await bench.put(bench.path('other', path.namespace, path.tenant), 'x');
    await bench.backend.apply({ kind: 'delete', path }, { fence: deleted, ...bench.call() });
    const late = await bench.backend.apply(
      { kind: 'put', path, value: bench.value('old'), metadata: { tags: [] } },
      { fence: older, ...bench.call() },
    );
    expect(late).toEqual({ outcome: 'superseded', storedFence: deleted });
    expect(await bench.backend.read(path, bench.call())).toBeUndefined();
    const next = await bench.backend.apply(
      { kind: 'put', path, value: new SecretValue('new'), metadata: { tags: [] } },
      { fence: newer, ...bench.call() },
    );
    expect(next.outcome).toBe('applied');
  });
};

/** Replay and order belong to every store that can refuse at all; a tombstone's fence to those that keep it. */
export const fenceTests = (bench: Bench): void => {
  const { it } = bench;
  conditionalTests(bench);
  tombstoneTests(bench);
  it('tombstones are declared', () => {
    expect(bench.backend.capabilities.tombstones).toBe(true);
  });
  const weaker = bench.harness.weakerWrites;
  const declared = weaker?.conditionalWrites ?? 'atomic';
  it('conditional writes are as declared', async () => {
    // A store that has to find out what it may do has done so by its first write.
    await bench.put(bench.path(), 'x');
    expect(bench.backend.capabilities.conditionalWrites).toBe(declared);
  });
  if (weaker === undefined) {
    it('conditional writes are atomic', () => {
      expect(bench.backend.capabilities.conditionalWrites).toBe('atomic');
    });
  } else bench.absent('conditional writes are atomic', `${weaker.conditionalWrites}: ${weaker.reason}`);
};
