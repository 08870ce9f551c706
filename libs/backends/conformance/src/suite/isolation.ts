import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { Bench } from './bench.js';

export const isolationTests = (bench: Bench): void => {
  const { it } = bench;
  it('two prefixes see nothing of each other', async () => {
    const base = randomUUID();
    // A store that joins names with a slash would confuse the first's tenant with the second's prefix.
    const prefixes = [`${base}`, `${base}/b`, `${base.toUpperCase()}`, `${base} `, `${base}/`];
    const backends = await Promise.all(prefixes.map((prefix) => bench.opened(bench.harness.open({ prefix }))));
    const path = bench.path('k', 'company', 'b');
    const fence = bench.fence();
    for (const [n, backend] of backends.entries()) {
      expect(await backend.read(path, bench.call())).toBeUndefined();
      await backend.apply(
        { kind: 'put', path, value: bench.value(String(n)), metadata: { tags: [] } },
        { fence, ...bench.call() },
      );
    }
    for (const [n, backend] of backends.entries()) {
      expect(await bench.textOf(path, backend)).toBe(String(n));
      expect(await bench.keys('b', undefined, backend)).toEqual(['k']);
    }
    await backends[0]!.apply({ kind: 'delete', path }, { fence: bench.fence(), ...bench.call() });
    expect(await bench.textOf(path, backends[0])).toBeUndefined();
    expect(await bench.textOf(path, backends[1])).toBe('1');
  });

  it('two backends of one prefix see the same', async () => {
    const prefix = randomUUID();
    const [one, other] = await Promise.all([
      bench.opened(bench.harness.open({ prefix })),
      bench.opened(bench.harness.open({ prefix })),
    ]);
    const path = bench.path();
    await bench.put(path, 'x', one);
    expect(await bench.textOf(path, other)).toBe('x');
    await other.apply({ kind: 'delete', path }, { fence: bench.fence(), ...bench.call() });
    expect(await bench.textOf(path, one)).toBeUndefined();
  });

  it('two tenants see nothing of each other', async () => {
    const [one, other] = [bench.path('k', 'company'), bench.path('k', 'company')];
    await bench.put(one, 'one');
    expect(await bench.textOf(other)).toBeUndefined();
    expect(await bench.keys(other.tenant)).toEqual([]);
    await bench.put(other, 'other');
    await bench.backend.apply({ kind: 'delete', path: other }, { fence: bench.fence(), ...bench.call() });
    expect(await bench.textOf(one)).toBe('one');
    expect(await bench.keys(one.tenant)).toEqual(['k']);
  });
};
