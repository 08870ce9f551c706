import type { Backend } from '@coffer/backend-contract';
import { withFacade, type BackendFacade } from '@coffer/backend-facade';
import { openMemoryBackend } from '@coffer/backend-memory';
import type { Drift } from '@coffer/catalogue';
import { SecretPath } from '@coffer/secrets';
import { CatalogueBench, drop, manager, put, until } from './catalogue.fixture.js';

let bench: CatalogueBench;
afterEach(() => bench.close());

/** A store whose list comes when `gate` lets it, and that counts its lists. */
const gated = (backend = openMemoryBackend()) => {
  const state = { lists: 0, gate: Promise.resolve() };
  const list = async function* (...args: Parameters<Backend['list']>) {
    state.lists += 1;
    await state.gate;
    yield* backend.list(...args);
  };
  const store: BackendFacade = withFacade(Object.create(backend, { list: { value: list } }) as Backend);
  return { state, store, backend };
};

it('tells what a listing found changed without Coffer, and the tenant', async () => {
  const backend = openMemoryBackend();
  await put(backend, 'a', 'GOES');
  bench = await CatalogueBench.open(withFacade(backend), { refresh: 20, tenants: ['main'] });
  const reported: [string, Drift][] = [];
  bench.service.onDrift.add((tenant, drift) => reported.push([tenant, drift]));
  await until(async () => (await bench.keys()).length === 1);
  await drop(backend, 'a', 'GOES');
  await until(() => reported.length > 0);
  expect(reported).toEqual([['main', expect.objectContaining({ appeared: 0, changed: 0, deleted: 1 })]]);
});

it('lists no store any more once it is closed', async () => {
  const { state, store } = gated();
  bench = await CatalogueBench.open(store, { refresh: 10, tenants: ['main'] });
  await until(() => state.lists >= 2);
  bench.service.close();
  await bench.keys().catch(() => undefined);
  const { lists } = state;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(state.lists).toBe(lists);
});

describe('the overview of a tenant', () => {
  it('has its own stores that are listed, by their names, each with its secrets', async () => {
    const [usual, special] = [gated(), gated()];
    await put(usual.backend, 'a', 'A');
    await put(usual.backend, 'a', 'B');
    const gate = Promise.withResolvers<void>();
    special.state.gate = gate.promise;
    const stores = [manager(usual.store), manager(special.store, 'special')] as const;
    bench = await CatalogueBench.open({
      forNamespace: (_tenant, namespace) => (namespace === 'special' ? stores[1] : stores[0]),
      forTenant: () => stores,
    });
    await bench.keys('a');
    const special$ = bench.keys('special');
    const drift = { appeared: 0, changed: 0, deleted: 0 };
    await until(() => special.state.lists === 1);
    expect([...bench.service.overview('main')]).toEqual([['default', { secrets: 2, drift }]]);
    expect([...bench.service.overview('other')]).toEqual([]);
    gate.resolve();
    await special$;
    expect([...bench.service.overview('main').keys()]).toEqual(['default', 'special']);
  });

  it('says how much drifted', async () => {
    const backend = openMemoryBackend();
    await put(backend, 'a', 'GOES');
    bench = await CatalogueBench.open(withFacade(backend), { refresh: 20, tenants: ['main'] });
    await until(async () => (await bench.keys()).length === 1);
    await drop(backend, 'a', 'GOES');
    await put(backend, 'a', 'COMES');
    const drifted = () => bench.service.overview('main').get('default')?.drift;
    await until(() => drifted()?.deleted === 1);
    expect(drifted()).toEqual({ appeared: 1, changed: 0, deleted: 1 });
  });
});

describe('the first list of a store', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['performance', 'nextTick', 'setImmediate', 'queueMicrotask', 'Date'] });
  });
  afterEach(() => jest.useRealTimers());

  it('is waited for by its callers for eight seconds, and goes on', async () => {
    const backend = openMemoryBackend();
    await put(backend, 'a', 'K');
    let [lists, isOver] = [0, false];
    /** Pages of nothing, one each second, until it is over. */
    const list = async function* (...args: Parameters<Backend['list']>) {
      lists += 1;
      for (; !isOver; yield []) await new Promise((resolve) => setTimeout(resolve, 1_000));
      yield* backend.list(...args);
    };
    bench = await CatalogueBench.open(withFacade(Object.create(backend, { list: { value: list } }) as Backend));
    const keys = bench.service.section('main', bench.managers.forNamespace('main')).then(
      () => 'listed',
      (error: unknown) => error,
    );
    let end: unknown;
    void keys.then((found) => (end = found));
    await jest.advanceTimersByTimeAsync(7_999);
    expect(end).toBeUndefined();
    await jest.advanceTimersByTimeAsync(1);
    expect(end).toMatchObject({ code: 'unavailable', details: { manager: 'default' } });
    isOver = true;
    const section = bench.service.section('main', bench.managers.forNamespace('main'));
    await jest.advanceTimersByTimeAsync(2_000);
    expect([(await section).size, lists]).toEqual([1, 1]);
  });
});

it('the records that it keeps are a budget of which is reported', async () => {
  bench = await CatalogueBench.open(withFacade(openMemoryBackend()));
  await bench.keys();
  expect(await bench.figure('coffer_budget_limit_bytes{budget="catalogue-records"}')).toBeGreaterThan(0);
});

it('knows of a secret, and since when that there is none, which does not count once records may have been missed', async () => {
  const backend = openMemoryBackend();
  await put(backend, 'a', 'K');
  bench = await CatalogueBench.open(withFacade(backend));
  const [there, absent] = [SecretPath.of('main', 'a', 'K'), SecretPath.of('main', 'a', 'OTHER')];
  expect(bench.lists.known(there)).toBeUndefined();
  expect(await bench.lists.find(there)).toMatchObject({ namespace: 'a', key: 'K' });
  expect(await bench.lists.find(absent)).toBeUndefined();
  expect(bench.lists.known(there)).toMatchObject({ key: 'K' });
  expect(bench.service.absence(there)).toBeUndefined();
  const since = bench.service.absence(absent)?.since;
  expect(since).toBeGreaterThanOrEqual(0);
  bench.service.markSuspect();
  // No cached read may count on that before the next scan.
  expect(bench.service.absence(absent)?.since).toBe(-Infinity);
});
