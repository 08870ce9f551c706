import type { Backend } from '@coffer/backend-contract';
import { withFacade } from '@coffer/backend-facade';
import { openMemoryBackend } from '@coffer/backend-memory';
import { CofferError, isWithinNamespace } from '@coffer/secrets';
import fc from 'fast-check';
import { CatalogueBench, drop, manager, put, until } from './catalogue.fixture.js';
import type { ListedStores } from './list-service.js';
import { RowOrder, ROW_FIELDS, type RowField } from './secret-rows.js';
import { SecretSearch, type FoundRow, type RowState, type SearchRequest } from './secret-search.js';

let bench: CatalogueBench;
afterEach(() => bench.close());

const byPlace = new RowOrder([]);
const search = (more: Partial<SearchRequest> = {}) =>
  new SecretSearch(bench.service, bench.managers).search({
    ...{ tenant: 'main', children: false, inherit: false, visible: () => true, matches: () => true },
    ...{ states: new Set<RowState>(), order: byPlace, limit: 1_000, from: 0 },
    ...more,
  });
const nameOf = ({ entry }: FoundRow): string => `${entry.namespace}/${entry.key}`;
/** Each row's name and one more thing about it. */
const rowsOf = async <T>(more: Partial<SearchRequest>, of: (row: FoundRow) => T) =>
  (await search(more)).rows.map((row) => [nameOf(row), of(row)]);
const originsOf = (more: Partial<SearchRequest>) => rowsOf(more, ({ origin }) => origin);

const filled = async (...names: string[]): Promise<Backend> => {
  const backend = openMemoryBackend();
  for (const name of names) await put(backend, name.slice(0, name.indexOf('/')), name.slice(name.indexOf('/') + 1));
  return backend;
};
const broken = (error: Error): Backend =>
  Object.create(openMemoryBackend(), {
    list: {
      value: () => {
        throw error;
      },
    },
  }) as Backend;

describe('where secrets are searched', () => {
  beforeEach(async () => {
    const names = ['company/A', 'company/B', 'company.team/A', 'company.team/C', 'company.team.app/D', 'company2/E'];
    bench = await CatalogueBench.open(withFacade(await filled(...names)));
  });

  it('is every namespace of the tenant, where none is named', async () => {
    expect((await search()).rows.map(nameOf)).toEqual([
      ...['company/A', 'company/B', 'company.team/A', 'company.team/C', 'company.team.app/D', 'company2/E'],
    ]);
    expect(new Set((await search()).rows.map(({ origin }) => origin))).toEqual(new Set(['here']));
    expect(await search({ tenant: 'other' })).toMatchObject({ rows: [], total: 0, unlisted: [] });
  });

  it('is the namespace alone', async () => {
    expect(await originsOf({ namespace: 'company.team' })).toEqual([
      ['company.team/A', 'here'],
      ['company.team/C', 'here'],
    ]);
  });

  it('is what lies below it as well, on request', async () => {
    expect(await originsOf({ namespace: 'company.team', children: true })).toEqual([
      ['company.team/A', 'here'],
      ['company.team/C', 'here'],
      ['company.team.app/D', 'child'],
    ]);
  });

  it('is what the namespace sees in its parents, on request: of each key the nearest', async () => {
    expect(await originsOf({ namespace: 'company.team', inherit: true })).toEqual([
      ['company/B', 'inherited'],
      ['company.team/A', 'here'],
      ['company.team/C', 'here'],
    ]);
    expect(await originsOf({ namespace: 'company.team.app', inherit: true })).toEqual([
      ['company/B', 'inherited'],
      ['company.team/A', 'inherited'],
      ['company.team/C', 'inherited'],
      ['company.team.app/D', 'here'],
    ]);
  });

  it('is nothing that the caller may not see, and what that hides is seen', async () => {
    const visible = (namespace: string) => namespace !== 'company.team';
    expect(await originsOf({ namespace: 'company.team.app', inherit: true, visible })).toEqual([
      ['company/A', 'inherited'],
      ['company/B', 'inherited'],
      ['company.team.app/D', 'here'],
    ]);
    expect((await search({ visible })).rows.map(nameOf)).not.toContain('company.team/A');
  });

  it('is what matches', async () => {
    const { rows, total } = await search({ matches: ({ key }) => key === 'A' });
    expect([rows.map(nameOf), total]).toEqual([['company/A', 'company.team/A'], 2]);
  });

  it('is told with the nearest parent that the caller sees and that has the key too', async () => {
    const shadowsOf = (more: Partial<SearchRequest>) => rowsOf(more, ({ shadows }) => shadows);
    await search();
    await bench.commit('company.team.app', 'A');
    expect(await shadowsOf({ matches: ({ key }) => key === 'A' })).toEqual([
      ['company/A', undefined],
      ['company.team/A', 'company'],
      ['company.team.app/A', 'company.team'],
    ]);
    const visible = (namespace: string) => namespace !== 'company.team';
    expect(await shadowsOf({ namespace: 'company.team.app', visible })).toEqual([
      ['company.team.app/A', 'company'],
      ['company.team.app/D', undefined],
    ]);
    const [top] = (await search({ namespace: 'company' })).rows;
    expect(top).not.toHaveProperty('shadows');
  });
});

describe('a page of a search', () => {
  beforeEach(async () => {
    const backend = openMemoryBackend();
    for (let index = 0; index < 40; index += 1) {
      const description = `of ${index % 3}`;
      await put(
        backend,
        `ns${index % 4}`,
        `K${index % 10}-${index}`,
        index % 2 ? { tags: [] } : { description, tags: [] },
      );
    }
    bench = await CatalogueBench.open(withFacade(backend));
  });

  it('is as long as it may be, says how many there are in all, and where the next one begins', async () => {
    const { rows, total, next } = await search({ limit: 39 });
    expect([rows.length, total, next]).toEqual([39, 40, byPlace.position(rows[38] as FoundRow)]);
    expect(await search({ limit: 40 })).not.toHaveProperty('next');
    expect(await search({ limit: 0 })).not.toHaveProperty('next');
  });

  it('follows the one before, in any order, by number and by position', async () => {
    const sortKey = fc.record({ field: fc.constantFrom<RowField>(...ROW_FIELDS), descending: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(sortKey, { selector: ({ field }) => field, maxLength: 3 }),
        fc.integer({ min: 1, max: 41 }),
        async (keys, limit) => {
          const order = new RowOrder(keys);
          const { rows: all } = await search({ order });
          expect(all).toEqual(all.toSorted(order.compare));
          expect(all).toHaveLength(40);
          const paged: FoundRow[] = [];
          for (let from: SearchRequest['from'] | undefined = 0; from !== undefined && paged.length <= 40;) {
            const { rows, next }: Awaited<ReturnType<typeof search>> = await search({ order, limit, from });
            paged.push(...rows);
            from = next;
          }
          expect(paged).toEqual(all);
          const { rows } = await search({ order, limit, from: 7 });
          expect(rows).toEqual(all.slice(7, 7 + limit));
        },
      ),
      { numRuns: 40, endOnFailure: true },
    );
  });
});

describe('the states of a secret', () => {
  const statesOf = (more: Partial<SearchRequest> = {}) => rowsOf(more, ({ states }) => states);

  it('are that it drifted, that it is gone from its store, and that it is being written', async () => {
    const backend = await filled('a/CHANGES', 'a/GOES', 'a/STAYS', 'a/WRITES');
    bench = await CatalogueBench.open(withFacade(backend), { refresh: 20, tenants: ['main'] });
    await until(async () => (await bench.keys()).length === 4);
    await put(backend, 'a', 'CHANGES', { description: 'changed', tags: [] });
    await drop(backend, 'a', 'GOES');
    await until(() => bench.service.overview('main').get('default')?.drift.deleted === 1);
    await bench.prepare('a', 'WRITES');
    await until(async () => (await search({ states: new Set(['writing']) })).total === 1);
    expect(await statesOf()).toEqual([
      ['a/CHANGES', ['drifted']],
      ['a/GOES', ['missing']],
      ['a/STAYS', []],
      ['a/WRITES', ['writing']],
    ]);
    expect((await search()).rows.map(({ missing }) => missing)).toEqual([false, true, false, false]);
    expect((await statesOf({ states: new Set(['drifted', 'missing']) })).map(([name]) => name)).toEqual([
      'a/CHANGES',
      'a/GOES',
    ]);
    // What a scan found gone, and is there again, is told once.
    await put(backend, 'a', 'GOES');
    await until(async () => (await search({ states: new Set(['missing']) })).total === 0);
    expect((await search()).rows.map(nameOf)).toEqual(['a/CHANGES', 'a/GOES', 'a/STAYS', 'a/WRITES']);
  });
});

describe('stores that are searched', () => {
  const between = (special: Backend, usual: Backend): ListedStores => {
    const stores = [manager(withFacade(usual)), manager(withFacade(special), 'special')] as const;
    return {
      forNamespace: (_tenant, namespace) =>
        stores[namespace !== undefined && isWithinNamespace(namespace, 'special') ? 1 : 0],
      forTenant: () => stores,
    };
  };
  const denied = new CofferError('denied', 'no');

  it('are all of the tenant, each once, and their rows are in one order', async () => {
    bench = await CatalogueBench.open(between(await filled('special/S'), await filled('a/A', 'z/Z')));
    expect(await rowsOf({}, ({ source }) => source.store.name)).toEqual([
      ['a/A', 'default'],
      ['special/S', 'special'],
      ['z/Z', 'default'],
    ]);
    expect(await originsOf({ namespace: 'special', children: true })).toEqual([['special/S', 'here']]);
  });

  it('hide and shadow what others of them hold in parents', async () => {
    const [parents, children] = [await filled('a/A', 'a/B'), await filled('a.special/A')];
    const stores = [manager(withFacade(parents)), manager(withFacade(children), 'special')] as const;
    bench = await CatalogueBench.open({
      forNamespace: (_tenant, namespace) => stores[namespace === 'a.special' ? 1 : 0],
      forTenant: () => stores,
    });
    expect(await rowsOf({ namespace: 'a.special', inherit: true }, ({ shadows }) => shadows)).toEqual([
      ['a/B', undefined],
      ['a.special/A', 'a'],
    ]);
  });

  it('are left out and named where they cannot be listed', async () => {
    bench = await CatalogueBench.open(between(broken(denied), await filled('a/A')));
    const { rows, unlisted } = await search();
    expect([rows.map(nameOf), unlisted]).toEqual([['a/A'], [{ store: 'special', code: 'denied' }]]);
    expect((await search({ namespace: 'a' })).unlisted).toEqual([]);
  });

  it('fail the search where none can be listed, or the only one that was asked', async () => {
    bench = await CatalogueBench.open(between(broken(denied), broken(denied)));
    await expect(search()).rejects.toMatchObject({ code: 'denied' });
    await expect(search({ namespace: 'special' })).rejects.toMatchObject({ code: 'denied' });
  });

  it('say how old their rows may be while the log is out of reach', async () => {
    bench = await CatalogueBench.open(withFacade(await filled('a/A')));
    expect(await search()).not.toHaveProperty('stalenessMs');
    bench.messaging.log.reachEnd = () => Promise.reject(new CofferError('unavailable', 'the broker is away'));
    expect((await search()).stalenessMs).toBeGreaterThanOrEqual(0);
  });
});
