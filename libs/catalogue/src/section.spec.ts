import fc from 'fast-check';
import { SecretPath, fenceOf, type Fence } from '@coffer/secrets';
import type { SecretEntry } from '@coffer/backend-contract';
import { MAX_DRIFTED, type Drift } from './drift.js';
import { CatalogueEntry } from './entry.js';
import { Section, type Scan } from './section.js';

const WINDOW_MS = 1_000_000;
const section = (options: Partial<Section['options']> = {}) =>
  new Section({ tenant: 'main', manager: 'default', owns: () => true, windowMs: WINDOW_MS, lagMs: 0, ...options });

const path = (key: string, namespace = 'a') => SecretPath.of('main', namespace, key);
const listed = (key: string, version = '1', namespace = 'a'): SecretEntry => ({
  path: path(key, namespace),
  metadata: { tags: [] },
  version,
  revision: 1,
});
const entry = (key: string, version: string, namespace = 'a') =>
  new CatalogueEntry(namespace, key, undefined, [], version, 1);
const fence = (offset: number): Fence => fenceOf(1, BigInt(offset));
const keys = (of: Section, namespace?: string) => of.list(namespace).map(({ key, version }) => `${key}=${version}`);

const scanOf = (of: Section, now: number, ...pages: SecretEntry[][]): Scan => {
  const scan = of.begin(now);
  for (const page of pages) scan.add(page);
  return scan;
};

describe('a section of the catalogue', () => {
  it('is what the store holds at the end, however records, pages and writes interleave', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('write' as const), key: fc.nat(9), gone: fc.boolean() }),
      fc.record({ do: fc.constantFrom('record' as const, 'begin' as const, 'page' as const, 'finish' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const tested = section();
        const store = new Map<number, number>();
        const unread: (() => void)[] = [];
        let now = 0;
        let scan: Scan | undefined;
        let pages = 0;
        const nextPage = () => {
          const all = [3 * pages, 3 * pages + 1, 3 * pages + 2].filter((key) => key < 10);
          pages += 1;
          scan?.add(all.filter((key) => store.has(key)).map((key) => listed(`k${key}`, String(store.get(key)))));
        };
        const finish = () => {
          while (scan !== undefined && pages < 4) nextPage();
          if (scan !== undefined) tested.finish(scan);
          scan = undefined;
        };
        const begin = () => {
          finish();
          scan = tested.begin(now);
          pages = 0;
        };
        for (const each of steps) {
          now += 1;
          if (each.do === 'write') {
            const version = now;
            const key = `k${each.key}`;
            if (each.gone) store.delete(each.key);
            else store.set(each.key, version);
            unread.push(() => {
              const state = each.gone ? 'absent' : entry(key, String(version));
              tested.read({ path: path(key), fence: fence(version), state, at: now });
            });
          } else if (each.do === 'record') unread.shift()?.();
          else if (each.do === 'begin') begin();
          else if (each.do === 'page' && scan !== undefined && pages < 4) nextPage();
          else if (each.do === 'finish') finish();
        }
        if (!tested.loaded) begin();
        finish();
        for (const read of unread) read();
        const expected = [...store].sort(([a], [b]) => a - b).map(([key, version]) => `k${key}=${version}`);
        expect(keys(tested)).toEqual(expected);
      }),
      { numRuns: 3_000 },
    );
  });

  it('orders pages that come in any order, each place once', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.array(fc.tuple(fc.constantFrom('a', 'b', 'a-b', 'a.b'), fc.string({ minLength: 1, unit: 'binary' }))),
          {
            maxLength: 12,
          },
        ),
        (pages) => {
          const valid = (key: string) => !/[\u0000-\u001f\u007f-\u009f]/.test(key) && key.isWellFormed();
          const kept = pages.map((page) => page.filter(([, key]) => valid(key)));
          const tested = section();
          tested.finish(scanOf(tested, 0, ...kept.map((page) => page.map(([ns, key]) => listed(key, '1', ns)))));
          const distinct = new Set(kept.flat().map((place) => JSON.stringify(place)));
          const bytes = (text: string) => Buffer.from(text, 'utf8');
          const sorted = [...distinct]
            .map((text) => JSON.parse(text) as [string, string])
            .sort((a, b) => bytes(a[0]).compare(bytes(b[0])) || bytes(a[1]).compare(bytes(b[1])));
          expect(tested.list().map(({ namespace, key }) => [namespace, key])).toEqual(sorted);
          for (const ns of ['a', 'a-b', 'a.b', 'b', 'c']) {
            expect(tested.list(ns).map(({ key }) => key)).toEqual(sorted.filter(([n]) => n === ns).map(([, k]) => k));
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('leaves out what another manager serves', () => {
    const tested = section({ owns: (namespace) => namespace !== 'b' });
    tested.finish(scanOf(tested, 0, [listed('X', '1', 'a'), listed('Y', '1', 'b')]));
    expect(keys(tested)).toEqual(['X=1']);
  });

  it('tells what drifted from the log, once, and nothing that the log said', () => {
    const tested = section();
    expect(tested.finish(scanOf(tested, 0, [listed('A'), listed('B'), listed('C')]))).toBeUndefined();
    tested.read({ path: path('A'), fence: fence(1), state: entry('A', '2'), at: 1 });
    const pages = [[listed('B', '9'), listed('D')], [listed('A', '2')]];
    const drift = tested.finish(scanOf(tested, 2, ...pages));
    expect(drift).toMatchObject({ appeared: 1, changed: 1, deleted: 1 });
    const named = (secrets: Drift['secrets'] | undefined) => secrets?.map(({ kind, entry: { key } }) => [kind, key]);
    const all = [
      ['changed', 'B'],
      ['deleted', 'C'],
      ['appeared', 'D'],
    ];
    expect(named(drift?.secrets)).toEqual(all);
    expect(tested.finish(scanOf(tested, 3, ...pages))).toEqual({ appeared: 0, changed: 0, deleted: 0, secrets: [] });
    expect(keys(tested)).toEqual(['A=2', 'B=9', 'D=1']);
    expect(named(tested.drifted.all)).toEqual(all);
    tested.read({ path: path('B'), fence: fence(2), state: entry('B', '10'), at: 4 });
    expect(named(tested.drifted.all)).toEqual(all.slice(1));
    expect(tested.drifted.find(entry('C', ''))?.kind).toBe('deleted');
  });

  it('remembers when Coffer wrote a version for as long as the store shows it', () => {
    const tested = section();
    const written = new CatalogueEntry('a', 'A', undefined, [], '2', 1, 77);
    tested.finish(scanOf(tested, 0, []));
    tested.read({ path: path('A'), fence: fence(1), state: written, at: 1 });
    tested.finish(scanOf(tested, 2, [listed('A', '2')]));
    expect(tested.find(written)?.changedAt).toBe(77);
    tested.finish(scanOf(tested, 3, [listed('A', '3')]));
    expect(tested.find(written)?.changedAt).toBeUndefined();
    const first = section();
    first.read({ path: path('A'), fence: fence(1), state: written, at: 1 });
    first.read({ path: path('B'), fence: fence(2), state: entry('B', '2'), at: 1 });
    first.finish(scanOf(first, 2, [listed('A', '2'), listed('B', '3')]));
    expect([first.find(written)?.changedAt, keys(first)]).toEqual([77, ['A=2', 'B=3']]);
  });

  it('shows when a version was written as the store tells it, also of what it had listed before', () => {
    const tested = section();
    tested.finish(scanOf(tested, 0, [listed('A')]));
    tested.finish(scanOf(tested, 1, [{ ...listed('A'), changed: 5 }]));
    tested.finish(scanOf(tested, 2, [{ ...listed('A'), revision: 2, changed: 7 }]));
    expect(tested.list()).toMatchObject([{ revision: 2, changedAt: 7 }]);
  });

  it('forgets the oldest of what drifted beyond its bound', () => {
    const tested = section();
    const page = (round: number) => Array.from({ length: MAX_DRIFTED }, (_, n) => listed(`K${round}-${n}`));
    tested.finish(scanOf(tested, 0, []));
    tested.finish(scanOf(tested, 1, page(1)));
    expect(tested.drifted.size).toBe(MAX_DRIFTED);
    expect(tested.finish(scanOf(tested, 2, page(2)))).toMatchObject({ appeared: MAX_DRIFTED, deleted: MAX_DRIFTED });
    expect(tested.drifted.size).toBe(MAX_DRIFTED);
  });

  it('takes a record of a lower or equal fence for what it is: late', () => {
    const tested = section();
    tested.finish(scanOf(tested, 0));
    tested.read({ path: path('A'), fence: fence(2), state: 'absent', at: 1 });
    expect(tested.read({ path: path('A'), fence: fence(1), state: entry('A', '1'), at: 2 })).toBe(false);
    expect(keys(tested)).toEqual([]);
  });

  it('believes the log more than a list that lags, for as long as it may', () => {
    const tested = section({ lagMs: 100 });
    tested.read({ path: path('NEW'), fence: fence(1), state: entry('NEW', '1'), at: 10 });
    tested.finish(scanOf(tested, 50, [listed('OLD')]));
    expect(keys(tested)).toEqual(['NEW=1', 'OLD=1']);
    tested.read({ path: path('OLD'), fence: fence(2), state: 'absent', at: 60 });
    tested.finish(scanOf(tested, 70, [listed('OLD')]));
    expect(keys(tested)).toEqual(['NEW=1']);
    tested.finish(scanOf(tested, 200, [listed('OLD', '3')]));
    expect(keys(tested)).toEqual(['OLD=3']);
  });

  it('vouches for an absence from the time that the store or the log said so, with the fence it knows', () => {
    const tested = section();
    expect(tested.absence(path('A'))).toBeUndefined();
    tested.finish(scanOf(tested, 5, [listed('B')]));
    expect(tested.absence(path('B'))).toBeUndefined();
    expect(tested.absence(path('A'))).toEqual({ tag: 0n, since: 5 });
    tested.read({ path: path('B'), fence: fence(7), state: 'absent', at: 9 });
    expect(tested.absence(path('B'))).toEqual({ tag: fence(7), since: 9 });
    tested.read({ path: path('C'), fence: fence(8), state: 'unknown', at: 10 });
    expect(tested.absence(path('C'))).toBeUndefined();
    tested.finish(scanOf(tested, 11, []));
    expect(tested.absence(path('C'))).toEqual({ tag: fence(8), since: 11 });
    const underWay = tested.begin(12);
    tested.markSuspect();
    tested.finish(underWay);
    expect(tested.absence(path('A'))).toEqual({ tag: 0n, since: -Infinity });
    tested.finish(tested.begin(13));
    expect(tested.absence(path('A'))).toEqual({ tag: 0n, since: 13 });
  });

  it('lets the store settle what a record left open, unless another record came since', () => {
    const tested = section();
    tested.finish(scanOf(tested, 0, [listed('A')]));
    const open = { path: path('A'), fence: fence(3), state: 'unknown', at: 1 } as const;
    tested.read(open);
    tested.settle(open, 'absent', 2);
    expect(keys(tested)).toEqual([]);
    const again = { ...open, fence: fence(4) };
    tested.read(again);
    tested.read({ path: path('A'), fence: fence(5), state: entry('A', '5'), at: 3 });
    tested.settle(again, 'absent', 4);
    expect(keys(tested)).toEqual(['A=5']);
  });
});

describe('a section of a store whose reads lag', () => {
  it('does not believe in an absence while the store may answer what was before the record', () => {
    const tested = section({ lagMs: 100 });
    tested.finish(scanOf(tested, 0, [listed('A')]));
    const open = { path: path('B'), fence: fence(3), state: 'unknown', at: 10 } as const;
    tested.read(open);
    tested.settle(open, 'absent', 11);
    expect(tested.absence(path('B'))).toBeUndefined();
    tested.finish(scanOf(tested, 110, [listed('A')]));
    expect(tested.absence(path('B'))).toBeUndefined();
    tested.settle(open, 'absent', 110);
    expect(tested.absence(path('B'))).toEqual({ tag: fence(3), since: 110 });
  });
});

describe('a section that forgets records before their time', () => {
  const record = (key: string, state: CatalogueEntry | 'absent' | 'unknown', at: number) => ({
    ...{ path: path(key), fence: fence(at), state, at },
  });

  it('takes over no scan that may not show them, and keeps what it knew', () => {
    const tested = section();
    tested.finish(scanOf(tested, 1, [listed('a')]));
    const scan = scanOf(tested, 10, [listed('a')]);
    tested.read(record('a', 'absent', 11));
    tested.forgetOldest();
    expect(() => tested.finish(scan)).toThrow(/listed again/);
    expect(keys(tested)).toEqual([]);
    tested.finish(scanOf(tested, 12, [listed('b')]));
    expect(keys(tested)).toEqual(['b=1']);
  });

  it('takes nothing for absent any more when one had left its path open', () => {
    const tested = section();
    tested.finish(scanOf(tested, 1, []));
    tested.read(record('a', 'unknown', 5));
    expect(tested.absence(path('a'))).toBeUndefined();
    tested.forgetOldest();
    expect(tested.absence(path('a'))?.since).toBe(-Infinity);
    tested.finish(scanOf(tested, 6, []));
    expect(tested.absence(path('a'))?.since).toBe(6);
  });
});
