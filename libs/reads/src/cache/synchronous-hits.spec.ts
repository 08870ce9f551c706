import { DEFAULT_TIMING } from '@coffer/coherence';
import { SecretPath } from '@coffer/secrets';
import { CacheBench } from './cache.fixture.js';

const path = SecretPath.of('main', 'company.team', 'KEY');
const parent = SecretPath.of('main', 'company', 'KEY');

let bench: CacheBench;
beforeEach(() => {
  bench = new CacheBench();
  bench.grant();
  bench.store.put(parent, 'inherited');
});
afterEach(() => bench.close());

const ask = (inherit = true) => bench.reads().resolve({ path, inherit, visible: () => true });

it('a hit is answered in the step in which it is asked for, an inherited one too', async () => {
  const first = ask();
  expect(first).toBeInstanceOf(Promise);
  await first;
  expect(ask()).toMatchObject({ path: parent, cacheStatus: { source: 'l1' } });
  expect(() => ask(false)).toThrow(expect.objectContaining({ code: 'not-found' }));
  expect(bench.store.reads).toBe(2);
});

it('the lease is looked at in that very step', async () => {
  await ask();
  bench.clock.pass(DEFAULT_TIMING.leaseMs - 1);
  expect(ask()).not.toBeInstanceOf(Promise);
  bench.clock.pass(1);
  expect(ask()).toBeInstanceOf(Promise);
  await ask();
});

it('a level that waits is followed by the others', async () => {
  await ask();
  const fence = bench.prepare(path);
  const answer = ask();
  expect(answer).toBeInstanceOf(Promise);
  expect(await answer).toMatchObject({ path: parent, cacheStatus: { source: 'store', forward: 'bypass' } });
  bench.commit(path, fence, 'delete');
});

describe('what is cached', () => {
  const cached = (at = parent, visible = (_namespace: string) => true) =>
    bench.reads().cached({ path: at, inherit: true, visible });
  const hits = () => bench.figure('coffer_cache_reads_total', { source: 'l1' });

  it('is what a hit would be, and counts as one', async () => {
    await ask();
    expect(cached()).toEqual(await bench.reads().resolve({ path: parent, inherit: true, visible: () => true }));
    expect(cached()).toMatchObject({
      path: parent,
      version: 'v-inherited',
      cacheStatus: { source: 'l1', remainingTtlMs: 60_000 },
    });
    expect(await hits()).toBe(3);
  });

  it('is nothing that would have to be asked for, and nothing of that counts', async () => {
    expect(cached()).toBeUndefined();
    await ask();
    const { reads } = bench.store;
    expect(cached(path)).toBeUndefined();
    expect(cached(parent, () => false)).toBeUndefined();
    const fence = bench.prepare(parent);
    expect(cached()).toBeUndefined();
    bench.commit(parent, fence);
    expect(cached()).toBeUndefined();
    expect([bench.store.reads, await hits()]).toEqual([reads, 0]);
  });

  it('is nothing once the lease or the entry is over', async () => {
    await ask();
    bench.clock.pass(DEFAULT_TIMING.leaseMs - 1);
    expect(cached()).toBeDefined();
    bench.clock.pass(1);
    expect(cached()).toBeUndefined();
  });

  it('passes over levels that are known to be empty, and those that may not be seen', async () => {
    bench.close();
    const absence = { tag: 0n, since: 0 };
    bench = new CacheBench({ absenceOf: (at) => (at.namespace === 'company.team' ? absence : undefined) });
    absence.since = bench.time.now();
    bench.grant();
    bench.store.put(parent, 'inherited');
    await ask();
    expect(cached(path)).toMatchObject({ path: parent });
    expect(bench.store.reads).toBe(1);
    absence.since = -60_000;
    expect(cached(path)).toBeUndefined();
    expect(cached(path, (namespace) => namespace === 'company')).toMatchObject({ path: parent });
  });
});
