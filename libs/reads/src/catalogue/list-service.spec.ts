import type { Backend, SecretEntry } from '@coffer/backend-contract';
import { withFacade, type BackendFacade } from '@coffer/backend-facade';
import { openMemoryBackend } from '@coffer/backend-memory';
import { CofferError, fenceOf, SecretPath, SecretValue } from '@coffer/secrets';
import { call, CatalogueBench, drop, manager, put, until } from './catalogue.fixture.js';
import type { ListedStores } from './list-service.js';

let bench: CatalogueBench;
afterEach(() => bench.close());

describe('lists from the catalogue', () => {
  it('show a tenant or a namespace in order, without values', async () => {
    const backend = openMemoryBackend();
    await put(backend, 'b', 'Z', { description: 'says something', tags: [] });
    await put(backend, 'a', 'Y');
    await put(backend, 'a', 'X');
    bench = await CatalogueBench.open(withFacade(backend));
    expect(await bench.keys()).toEqual(['a/X', 'a/Y', 'b/Z']);
    const { content, stalenessMs } = await bench.lists.list('main', 'b');
    expect(content).toEqual([
      expect.objectContaining({ key: 'Z', namespace: 'b', description: 'says something', tags: [] }),
    ]);
    expect(stalenessMs).toBeUndefined();
    expect((await bench.lists.list('other')).content).toEqual([]);
  });

  it('merge managers, each for what it serves alone', async () => {
    const [first, second] = [openMemoryBackend(), openMemoryBackend()];
    await put(first, 'company', 'A');
    await put(first, 'special', 'SHADOW');
    await put(second, 'special', 'S');
    await put(second, 'special', 'R');
    await put(first, 'zone', 'A');
    await put(second, 'company', 'SHADOW');
    const usual = manager(withFacade(first));
    const special: ReturnType<ListedStores['forNamespace']> = {
      ...manager(withFacade(second), 'special'),
      readOnly: true,
    };
    bench = await CatalogueBench.open({
      forNamespace: (_tenant, namespace) => (namespace === 'special' ? special : usual),
      forTenant: () => [special, usual],
    });
    expect(await bench.keys()).toEqual(['company/A', 'special/R', 'special/S', 'zone/A']);
    expect([bench.lists.readOnly('main'), bench.lists.readOnly('main', 'special')]).toEqual([false, true]);
  });

  it('show every level of a namespace that was never written to', async () => {
    const backend = openMemoryBackend();
    await put(backend, 'company', 'A');
    await put(backend, 'company.team', 'B');
    bench = await CatalogueBench.open(withFacade(backend));
    expect([...(await bench.lists.inherited('main', 'company.team.new')).content]).toEqual([
      ['company.team.new', []],
      ['company.team', ['B']],
      ['company', ['A']],
    ]);
  });

  it('show what the log says, at once and without asking the store again', async () => {
    const backend = openMemoryBackend();
    await put(backend, 'a', 'OLD');
    let lists = 0;
    const counting: Backend = Object.create(backend, {
      list: { value: (...args: Parameters<Backend['list']>) => ((lists += 1), backend.list(...args)) },
    }) as Backend;
    bench = await CatalogueBench.open(withFacade(counting));
    expect(await bench.keys()).toEqual(['a/OLD']);
    for (let round = 0; round < 50; round += 1) {
      await bench.commit('a', `N${round}`);
      expect(await bench.keys()).toContain(`a/N${round}`);
      await bench.commit('a', `N${round}`, { kind: 'delete' });
      expect(await bench.keys()).toEqual(['a/OLD']);
    }
    expect(lists).toBe(1);
  });

  it('leave out what the manager’s filters hide, also when the log speaks of it', async () => {
    const visible = { tags: [{ key: 'team', value: 'a' }] };
    bench = await CatalogueBench.open(withFacade(openMemoryBackend(), { filterOnTags: visible.tags }));
    expect(await bench.keys()).toEqual([]);
    await bench.commit('a', 'HIDDEN');
    await bench.commit('a', 'SHOWN', { metadata: visible });
    expect(await bench.keys()).toEqual(['a/SHOWN']);
    await bench.commit('a', 'SHOWN');
    expect(await bench.keys()).toEqual([]);
  });

  it('heed no COMMIT of an owner that was replaced', async () => {
    bench = await CatalogueBench.open(withFacade(openMemoryBackend()));
    expect(await bench.keys()).toEqual([]);
    await bench.commit('a', 'NEW', { owner: 5n });
    await bench.commit('a', 'ZOMBIE', { owner: 4n });
    expect(await bench.keys()).toEqual(['a/NEW']);
  });

  it('ask the store for what a record leaves open', async () => {
    const backend = openMemoryBackend();
    bench = await CatalogueBench.open(withFacade(backend));
    expect(await bench.keys()).toEqual([]);
    await put(backend, 'a', 'OPEN');
    await bench.commit('a', 'OPEN', { outcome: 'superseded' });
    await until(async () => (await bench.keys()).includes('a/OPEN'));
  });
});

describe('scans', () => {
  it('begin at start, come again, and count what changed behind Coffer', async () => {
    const backend = openMemoryBackend();
    await put(backend, 'a', 'STAYS');
    await put(backend, 'a', 'GOES');
    bench = await CatalogueBench.open(withFacade(backend), { refresh: 20, tenants: ['main'] });
    await until(() => bench.logged.some(({ message }) => message === 'the store is listed'));
    await drop(backend, 'a', 'GOES');
    await put(backend, 'a', 'STAYS', { description: 'changed', tags: [] });
    await put(backend, 'b', 'COMES');
    await until(async () => (await bench.keys()).join() === 'a/STAYS,b/COMES');
    const drift = (kind: string) => bench.figure(`coffer_catalogue_drift_total{manager="default",kind="${kind}"}`);
    await until(() => bench.logged.filter(({ message }) => message.includes('without Coffer')).length > 0);
    expect(await drift('deleted')).toBe(1);
    expect(await drift('appeared')).toBe(1);
    expect(await drift('changed')).toBe(1);
    expect(await bench.figure('coffer_catalogue_entries{manager="default"}')).toBe(2);
  });

  it('never take back what the log said while they were under way', async () => {
    const backend = openMemoryBackend();
    for (let n = 0; n < 1_500; n += 1) await put(backend, 'a', `K${String(n).padStart(4, '0')}`);
    const opened = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const slow = Object.create(backend, {
      list: {
        value: async function* (...args: Parameters<Backend['list']>): AsyncGenerator<readonly SecretEntry[]> {
          let page = 0;
          for await (const entries of backend.list(...args)) {
            if ((page += 1) === 2) {
              opened.resolve();
              await goOn.promise;
            }
            yield entries;
          }
        },
      },
    }) as Backend;
    bench = await CatalogueBench.open(withFacade(slow));
    const listing = bench.keys();
    await opened.promise;
    await bench.commit('a', 'K0000', { kind: 'delete' });
    await bench.commit('a', 'K1499', { kind: 'delete' });
    await bench.commit('a', 'K9999');
    goOn.resolve();
    const keys = await listing;
    expect(keys).toHaveLength(1_499);
    expect([keys[0], keys.at(-2), keys.at(-1)]).toEqual(['a/K0001', 'a/K1498', 'a/K9999']);
  });

  it('that fail are told to who waits for the first one, and to nobody later', async () => {
    const backend = openMemoryBackend();
    await put(backend, 'a', 'K');
    let down = true;
    const failing = Object.create(backend, {
      list: {
        value: (...args: Parameters<Backend['list']>) => {
          if (down) throw new CofferError('denied', 'no');
          return backend.list(...args);
        },
      },
    }) as Backend;
    bench = await CatalogueBench.open(withFacade(failing), { refresh: 20 });
    await expect(bench.keys()).rejects.toMatchObject({ code: 'denied' });
    down = false;
    expect(await bench.keys()).toEqual(['a/K']);
    down = true;
    bench.logged.splice(0);
    await until(() => bench.logged.some(({ message }) => message.includes('could not list')));
    expect(await bench.keys()).toEqual(['a/K']);
  });
});

it('a list states its age while the log is out of reach, and none once it is back', async () => {
  const backend = openMemoryBackend();
  await put(backend, 'a', 'K');
  bench = await CatalogueBench.open(withFacade(backend));
  const { log } = bench.messaging;
  expect(await bench.lists.list('main')).not.toHaveProperty('stalenessMs');
  const reachEnd = log.reachEnd.bind(log);
  log.reachEnd = () => Promise.reject(new CofferError('unavailable', 'the broker is away'));
  const first = await bench.lists.list('main');
  expect(first.content.map(({ key }) => key)).toEqual(['K']);
  expect(first.stalenessMs).toBeGreaterThanOrEqual(0);
  log.reachEnd = reachEnd;
  expect((await bench.lists.list('main')).stalenessMs).toBeUndefined();
});

describe('tenants that callers invent', () => {
  const counted = (): { readonly store: BackendFacade; readonly scans: string[] } => {
    const memory = withFacade(openMemoryBackend());
    const scans: string[] = [];
    const list: BackendFacade['list'] = (scope, options) => {
      scans.push(scope.tenant);
      return memory.list(scope, options);
    };
    return {
      store: new Proxy(memory, { get: (target, name) => (name === 'list' ? list : bindOf(target, name)) }),
      scans,
    };
  };
  const bindOf = (target: BackendFacade, name: string | symbol): unknown => {
    const found: unknown = Reflect.get(target, name);
    return typeof found === 'function' ? (found.bind(target) as unknown) : found;
  };

  it('cause few scans, are refused beyond that, and are counted', async () => {
    const { store, scans } = counted();
    const bench = await CatalogueBench.open(store, { tenants: ['main'] });
    try {
      const asked = await Promise.allSettled(
        Array.from({ length: 200 }, (_, index) => bench.lists.list(`invented-${index}`)),
      );
      const refused = asked.flatMap((result) => (result.status === 'rejected' ? [result.reason as CofferError] : []));
      expect(refused).toHaveLength(180);
      expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['rate-limited']));
      expect(refused[0]?.details['retryAfter']).toBeGreaterThan(200);
      expect(scans.filter((tenant) => tenant !== 'main')).toHaveLength(20);
      expect(await bench.figure('coffer_budget_refusals_total{budget="tenants"}')).toBe(180);
      expect(await bench.figure('coffer_catalogue_unknown_tenants')).toBe(20);
      expect((await bench.lists.list('main')).content).toEqual([]);
    } finally {
      await bench.close();
    }
  });

  it('do not count once they have secrets, and are forgotten when nobody asks again', async () => {
    const { store, scans } = counted();
    const path = SecretPath.of('real', 'a', 'K');
    await store.apply(
      { kind: 'put', path, value: new SecretValue('v'), metadata: { tags: [] } },
      { fence: fenceOf(1, 1n), ...call() },
    );
    const bench = await CatalogueBench.open(store, { refresh: 50 });
    try {
      expect((await bench.lists.list('real')).content).toHaveLength(1);
      expect((await bench.lists.list('invented')).content).toEqual([]);
      expect(await bench.figure('coffer_catalogue_unknown_tenants')).toBe(1);
      await until(async () => (await bench.figure('coffer_catalogue_unknown_tenants')) === 0);
      const before = scans.filter((tenant) => tenant === 'real').length;
      await until(() => scans.filter((tenant) => tenant === 'real').length > before + 1);
      expect(scans.filter((tenant) => tenant === 'invented').length).toBeLessThanOrEqual(2);
    } finally {
      await bench.close();
    }
  });
});
