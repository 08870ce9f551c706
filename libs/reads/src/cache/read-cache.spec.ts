import { SecretPath } from '@coffer/secrets';
import { CacheBench, stored, type BenchOptions } from './cache.fixture.js';
import { cacheStatusHeader } from '../cache-status.js';

const path = SecretPath.of('main', 'company.team', 'KEY');

let bench: CacheBench;
const open = (options: BenchOptions = {}): CacheBench => {
  bench = new CacheBench(options);
  bench.grant();
  bench.store.put(path, 'one');
  return bench;
};
afterEach(() => bench.close());

const sourceOf = async (options: Parameters<CacheBench['read']>[1] = {}) => {
  const { value, cacheStatus } = await bench.read(path, options);
  return [value, cacheStatusHeader(cacheStatus)];
};

const MISS = 'coffer; fwd=miss; detail=store';
const BYPASS = 'coffer; fwd=bypass; detail=store';

describe('a gateway that holds its leases', () => {
  it('asks the store once, and then nobody: neither the store nor the shared cache', async () => {
    open();
    const looks = jest.spyOn(bench.shared!, 'getOrLease');
    expect(await sourceOf()).toEqual(['one', MISS]);
    expect([bench.store.reads, looks.mock.calls.length]).toEqual([1, 1]);
    for (let hit = 0; hit < 100; hit += 1) expect(await sourceOf()).toEqual(['one', 'coffer; hit; detail=l1; ttl=60']);
    expect([bench.store.reads, looks.mock.calls.length]).toEqual([1, 1]);
    expect(await bench.figure('coffer_cache_reads_total', { source: 'l1' })).toBe(100);
  });

  it('finds what another gateway has read', async () => {
    open({ gateways: 2 });
    await sourceOf();
    bench.clock.pass(500);
    expect(await sourceOf({ gateway: 1 })).toEqual(['one', 'coffer; hit; detail=l2; ttl=59']);
    expect(await sourceOf({ gateway: 1 })).toEqual(['one', 'coffer; hit; detail=l1; ttl=59']);
    expect(bench.store.reads).toBe(1);
  });

  it('remembers that a secret is absent', async () => {
    open({ gateways: 2 });
    bench.store.secrets.clear();
    await expect(sourceOf()).rejects.toMatchObject({ code: 'not-found' });
    await expect(sourceOf()).rejects.toMatchObject({ code: 'not-found' });
    await expect(sourceOf({ gateway: 1 })).rejects.toMatchObject({ code: 'not-found' });
    expect(bench.store.reads).toBe(1);
    await bench.write(path, 'made');
    expect(await sourceOf()).toEqual(['made', MISS]);
  });

  it('shows a write to every gateway as soon as it was answered', async () => {
    open({ gateways: 2 });
    for (const value of ['two', 'three', 'four']) {
      await sourceOf();
      await sourceOf({ gateway: 1 });
      await bench.write(path, value);
      expect((await sourceOf())[0]).toBe(value);
      expect((await sourceOf({ gateway: 1 }))[0]).toBe(value);
    }
    expect(await bench.figure('coffer_reads_found_stale_total')).toBe(0);
  });

  it('asks the store while a write is under way, and keeps nothing of it', async () => {
    open();
    await sourceOf();
    const fence = bench.prepare(path);
    expect(await sourceOf()).toEqual(['one', BYPASS]);
    expect(await sourceOf()).toEqual(['one', BYPASS]);
    expect(bench.store.reads).toBe(3);
    bench.commit(path, fence);
    expect(await bench.figure('coffer_cache_blocked_reads_total')).toBe(2);
  });

  it('does not keep an answer of before a write that passed meanwhile, nor share it', async () => {
    open({ gateways: 2 });
    const { promise, resolve } = Promise.withResolvers<void>();
    bench.store.gate = promise;
    const early = sourceOf();
    await new Promise((done) => setImmediate(done));
    bench.store.gate = undefined;
    await bench.write(path, 'two');
    const late = sourceOf();
    resolve();
    expect((await early)[0]).toBe('one');
    expect((await late)[0]).toBe('two');
    expect((await sourceOf())[0]).toBe('two');
    expect((await sourceOf({ gateway: 1 }))[0]).toBe('two');
    expect(await bench.figure('coffer_cache_fills_total', { outcome: 'killed' })).toBe(1);
  });

  it('keeps nothing of a call that a write has overtaken', async () => {
    open();
    const { promise, resolve } = Promise.withResolvers<void>();
    bench.store.gate = promise;
    const early = sourceOf();
    await new Promise((done) => setImmediate(done));
    bench.store.gate = undefined;
    await bench.write(path, 'two');
    resolve();
    expect((await early)[0]).toBe('one');
    expect(await bench.figure('coffer_cache_entries')).toBe(0);
    expect(await sourceOf()).toEqual(['two', MISS]);
  });

  it('does not answer what the shared cache gave when a write has passed by the time it came', async () => {
    open({ gateways: 2 });
    await sourceOf();
    const { shared } = bench;
    if (shared === undefined) throw new Error('nothing is shared');
    const look = shared.getOrLease.bind(shared);
    shared.getOrLease = async (...args) => {
      const found = await look(...args);
      expect(found.kind).toBe('hit');
      await bench.write(path, 'two');
      return found;
    };
    expect(await sourceOf({ gateway: 1 })).toEqual(['two', MISS]);
  });

  it('lets reads that come together share one call', async () => {
    open();
    const all = await Promise.all(Array.from({ length: 20 }, () => sourceOf()));
    expect(all.every(([value]) => value === 'one')).toBe(true);
    expect(bench.store.reads).toBe(1);
  });

  it('lets nobody join a call that a write has killed', async () => {
    open({ shared: false });
    const { promise, resolve } = Promise.withResolvers<void>();
    bench.store.gate = promise;
    const early = sourceOf();
    bench.prepare(path);
    const during = sourceOf();
    expect(bench.store.reads).toBe(2);
    resolve();
    await Promise.all([early, during]);
  });

  it('tells a failure of the store to all who wait, and asks again afterwards', async () => {
    open();
    bench.store.failure = new Error('down');
    await Promise.all([0, 1, 2].map(() => expect(sourceOf()).rejects.toThrow('down')));
    bench.store.failure = undefined;
    expect(await sourceOf()).toEqual(['one', MISS]);
  });

  it('passes caches over on request, and shows what it found to all', async () => {
    open({ gateways: 2 });
    await sourceOf();
    bench.store.put(path, 'behind our back');
    expect(await sourceOf()).toEqual(['one', expect.stringContaining('l1')]);
    expect(await sourceOf({ refresh: true })).toEqual(['behind our back', BYPASS]);
    expect((await sourceOf())[0]).toBe('behind our back');
    expect((await sourceOf({ gateway: 1 }))[0]).toBe('behind our back');
  });

  it('drops a key from every gateway', async () => {
    open({ gateways: 2 });
    await sourceOf();
    await sourceOf({ gateway: 1 });
    bench.store.put(path, 'behind our back');
    bench.commit(path, bench.prepare(path), 'drop');
    expect(await sourceOf()).toEqual(['behind our back', MISS]);
    expect((await sourceOf({ gateway: 1 }))[0]).toBe('behind our back');
  });
});

describe('leases', () => {
  it('are needed for a hit, and for keeping anything', async () => {
    open();
    await sourceOf();
    bench.clock.pass(2_000);
    expect(await sourceOf()).toEqual(['one', BYPASS]);
    expect(await sourceOf()).toEqual(['one', BYPASS]);
    expect(bench.store.reads).toBe(3);
    expect(await bench.figure('coffer_cache_unleased_reads_total')).toBe(2);
  });

  it('make what was kept usable again', async () => {
    jest.useFakeTimers();
    open();
    await sourceOf();
    bench.clock.pass(2_000);
    jest.advanceTimersByTime(100);
    bench.grant();
    jest.useRealTimers();
    expect((await sourceOf())[1]).toContain('l1');
    expect(bench.store.reads).toBe(1);
  });

  it('are given back at the end, after the last hit', async () => {
    open();
    await sourceOf();
    bench.heartbeats.length = 0;
    bench.cache().close();
    expect(bench.heartbeats.map(({ leaving }) => leaving)).toEqual([true, true]);
    expect(await sourceOf()).toEqual(['one', BYPASS]);
  });

  it('are not asked for in mode bounded, which serves what it does not know to be old', async () => {
    open({ mode: 'bounded' });
    expect(bench.heartbeats).toEqual([]);
    await sourceOf();
    bench.clock.pass(30_000);
    expect((await sourceOf())[1]).toBe('coffer; hit; detail=l1; ttl=30');
    await bench.write(path, 'two');
    expect((await sourceOf())[0]).toBe('two');
  });
});

describe('the life of an entry', () => {
  /** With leases whatever the time. */
  const at = (passed: number): void => {
    bench.clock.pass(passed);
  };

  it('counts from before the store was asked, and never adds up over L1 and L2', async () => {
    open({ gateways: 2, mode: 'bounded' });
    const { promise, resolve } = Promise.withResolvers<void>();
    bench.store.gate = promise;
    const first = sourceOf();
    await new Promise((done) => setImmediate(done));
    at(2_000);
    bench.store.put(path, 'behind our back');
    resolve();
    await first;
    bench.store.gate = undefined;
    at(57_999);
    expect(await sourceOf({ gateway: 1 })).toEqual(['one', 'coffer; hit; detail=l2; ttl=0']);
    at(1);
    expect(await sourceOf({ gateway: 1 })).toEqual(['behind our back', MISS]);
    expect((await sourceOf())[0]).toBe('behind our back');
  });

  it('ends on every gateway, read or not', async () => {
    open({ gateways: 2, mode: 'bounded' });
    await sourceOf();
    await sourceOf({ gateway: 1 });
    bench.store.put(path, 'behind our back');
    for (let second = 1; second < 60; second += 1) {
      at(1_000);
      expect((await sourceOf())[0]).toBe('one');
      expect((await sourceOf({ gateway: 1 }))[0]).toBe('one');
    }
    at(1_000);
    expect((await sourceOf())[0]).toBe('behind our back');
    expect((await sourceOf({ gateway: 1 }))[0]).toBe('behind our back');
  });
});

describe('a store whose reads lag behind its writes', () => {
  it('is asked again until it shows the latest write', async () => {
    open();
    bench.store.strong = false;
    await bench.write(path, 'two');
    bench.store.lagging.push(stored('one', 0n), undefined);
    expect((await sourceOf())[0]).toBe('two');
    expect(bench.store.reads).toBe(3);
    expect((await sourceOf())[1]).toContain('l1');
  });

  it('is believed in the end, and what it said is not kept', async () => {
    open();
    bench.store.strong = false;
    await bench.write(path, 'two');
    bench.store.lagging.push(...Array.from({ length: 6 }, () => stored('one', 0n)));
    expect((await sourceOf())[0]).toBe('one');
    expect((await sourceOf())[0]).toBe('two');
    expect(await bench.figure('coffer_cache_fills_total', { outcome: 'behind' })).toBe(1);
  });

  it('is not thought to lag after a drop, which writes nothing', async () => {
    open();
    bench.store.strong = false;
    await bench.write(path, 'two');
    bench.commit(path, bench.prepare(path), 'drop');
    const before = bench.store.reads;
    expect((await sourceOf())[0]).toBe('two');
    expect(bench.store.reads).toBe(before + 1);
  });
});

describe('levels', () => {
  const parent = SecretPath.of('main', 'company', 'KEY');

  it('are read through the caches one by one', async () => {
    open();
    bench.store.secrets.clear();
    bench.store.put(parent, 'inherited');
    expect(await bench.read(path, { inherit: true })).toMatchObject({ value: 'inherited', namespace: 'company' });
    expect(bench.store.reads).toBe(2);
    expect((await bench.read(path, { inherit: true })).cacheStatus.source).toBe('l1');
    expect(bench.store.reads).toBe(2);
    await bench.write(path, 'own');
    expect(await bench.read(path, { inherit: true })).toMatchObject({ value: 'own', namespace: 'company.team' });
  });

  it('that are known to hold nothing are passed over, where a hit would be served and nowhere else', async () => {
    open({ absenceOf: (at) => (at.namespace === 'company.team' ? { tag: 0n, since: bench.time.now() } : undefined) });
    bench.store.secrets.clear();
    bench.store.put(parent, 'inherited');
    expect((await bench.read(path, { inherit: true })).value).toBe('inherited');
    expect(bench.store.reads).toBe(1);
    bench.store.put(path, 'own');
    expect((await bench.read(path, { inherit: true, refresh: true })).value).toBe('own');
    expect(await bench.read(path, { inherit: true })).toMatchObject({ value: 'own', cacheStatus: { source: 'l1' } });
    const fence = bench.prepare(path);
    expect((await bench.read(path, { inherit: true })).value).toBe('own');
    bench.commit(path, fence);
    expect((await bench.read(path, { inherit: true })).value).toBe('own');
  });
});

describe('reads that the log proves to have been stale', () => {
  it('are counted: a hit more than a second after a write that it does not show', async () => {
    open({ mode: 'bounded' });
    await sourceOf();
    const writtenAt = bench.clock.wall();
    const fence = bench.prepare(SecretPath.of('main', 'company.team', 'OTHER'));
    expect(fence).toBe(1n);
    bench.clock.pass(1_500);
    await sourceOf();
    const entry = bench.entryOfCommit(path, 2n, writtenAt);
    bench.cache().read(entry);
    expect(await bench.figure('coffer_reads_found_stale_total')).toBe(1);
  });
});
