import { expect } from '@jest/globals';
import { compareCodePoints } from '@coffer/secrets';
import type { Bench } from './bench.js';

const PAGE_SIZE = 500;
/** Beyond two pages. */
const MORE = 10;
/** Enough that a store which answers a write when its next refresh is over does not set the pace. */
const AT_ONCE = 30;
/** For making so many. */
const MANY_TIMEOUT_MS = 600_000;

const inBatches = async <T>(items: readonly T[], run: (item: T) => Promise<unknown>): Promise<void> => {
  for (let start = 0; start < items.length; start += AT_ONCE) {
    await Promise.all(items.slice(start, start + AT_ONCE).map(run));
  }
};

export const listingTests = (bench: Bench): void => {
  const { it } = bench;
  const fewer = bench.harness.fewerSecrets;
  const many = fewer?.count ?? 2 * (bench.harness.pageSize ?? PAGE_SIZE) + MORE;
  const paging = fewer === undefined ? '' : ` [capability absent: ${fewer.count} secrets instead: ${fewer.reason}]`;

  it('list shows metadata and version', async () => {
    const path = bench.path();
    const metadata = { description: 'ü', tags: [{ key: 'a', value: 'b' }] };
    await bench.backend.apply(
      { kind: 'put', path, value: bench.value('x'), metadata },
      { fence: bench.fence(), ...bench.call() },
    );
    const stored = await bench.backend.read(path, bench.call());
    expect(await bench.entries(path.tenant)).toMatchObject([{ path, metadata, version: stored?.version }]);
  });

  it('list of a namespace leaves out its children', async () => {
    const tenant = bench.tenant();
    for (const namespace of ['a', 'a.b', 'ab']) await bench.put(bench.path(namespace, namespace, tenant), 'x');
    expect(await bench.keys(tenant, 'a')).toEqual(['a']);
    expect(await bench.keys(tenant)).toEqual(['a', 'a.b', 'ab']);
    expect(await bench.keys(tenant, 'c')).toEqual([]);
  });

  it(
    `paging past two pages${paging}`,
    async () => {
      const tenant = bench.tenant();
      const names = Array.from({ length: many }, (_, n) => ({
        namespace: ['a', 'a-b', 'a.b', 'b'][n % 4]!,
        key: `${['Z', 'a', 'é', '🔑', '\uffee'][n % 5]!}${n}${n % 7 === 0 ? ' ' : ''}`,
      }));
      await inBatches(names, ({ namespace, key }) => bench.put(bench.path(key, namespace, tenant), 'x'));
      const expected = [...names].sort(
        (a, b) => compareCodePoints(a.namespace, b.namespace) || compareCodePoints(a.key, b.key),
      );
      const entries = await bench.entries(tenant);
      expect(entries.map(({ path: { namespace, key } }) => ({ namespace, key }))).toEqual(expected);
      expect(await bench.keys(tenant, 'a')).toEqual(
        expected.filter(({ namespace }) => namespace === 'a').map(({ key }) => key),
      );
    },
    MANY_TIMEOUT_MS,
  );

  it(
    'paging between keys that differ by a space at the end',
    async () => {
      const tenant = bench.tenant();
      const pairs = Array.from({ length: Math.ceil(many / 4) }, (_, n) => [`k${n + 1_000}`, `k${n + 1_000} `]).flat();
      // The first makes the number odd, so that a page of an even number of entries ends between two twins.
      const keys = ['a', ...pairs];
      await inBatches(keys, (key) => bench.put(bench.path(key, 'n', tenant), 'x'));
      expect(await bench.keys(tenant)).toEqual(keys);
      expect(await bench.keys(tenant, 'n')).toEqual(keys);
    },
    MANY_TIMEOUT_MS,
  );

  it(
    'list while secrets come and go',
    async () => {
      const tenant = bench.tenant();
      const half = Math.ceil((many * 4) / 7);
      const path = (n: number) => bench.path(`k${String(n).padStart(5, '0')}`, 'a', tenant);
      await inBatches(
        Array.from({ length: half }, (_, n) => 2 * n),
        (n) => bench.put(path(n), 'x'),
      );
      const seen: string[] = [];
      let pages = 0;
      // One signal for the listing and for all that is changed between its pages.
      const signal = AbortSignal.timeout(MANY_TIMEOUT_MS);
      for await (const page of bench.backend.list({ tenant }, { signal })) {
        seen.push(...page.map((entry) => entry.path.key));
        pages += 1;
        await Promise.all([
          bench.backend.apply({ kind: 'delete', path: path(0) }, { fence: bench.fence(), ...bench.call() }),
          bench.put(path(2 * pages - 1), 'new, near the beginning'),
          bench.put(path(2 * half - 3 - 2 * pages), 'new, near the end'),
        ]);
      }
      if (fewer === undefined) expect(pages).toBeGreaterThan(1);
      expect(new Set(seen).size).toBe(seen.length);
      const throughout = Array.from({ length: half - 1 }, (_, n) => path(2 * (n + 1)).key);
      expect(seen).toEqual(expect.arrayContaining(throughout));
    },
    MANY_TIMEOUT_MS,
  );

  it('list can be left at any page', async () => {
    const tenant = bench.tenant();
    await inBatches(
      Array.from({ length: 20 }, (_, n) => n),
      (n) => bench.put(bench.path(`k${n}`, 'a', tenant), 'x'),
    );
    for (let round = 0; round < 30; round += 1) {
      for await (const page of bench.backend.list({ tenant }, bench.call())) {
        expect(page.length).toBeLessThanOrEqual(20);
        break;
      }
    }
    expect(await bench.textOf(bench.path('k0', 'a', tenant))).toBe('x');
  });
};
