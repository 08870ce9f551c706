import { ALL_RULES, DEFAULT_TIMING } from '@coffer/coherence';
import { SecretPath } from '@coffer/secrets';
import { cacheStatusHeader } from '../cache-status.js';
import { CacheBench, stored, type BenchOptions } from './cache.fixture.js';

const path = SecretPath.of('main', 'company.team', 'KEY');
const MISS = 'coffer; fwd=miss; detail=store';

let bench: CacheBench;
const benches: CacheBench[] = [];
const open = (options: BenchOptions = {}): void => {
  bench = new CacheBench(options);
  benches.push(bench);
  bench.grant();
  bench.store.put(path, 'one');
};
afterEach(() => benches.splice(0).forEach((opened) => opened.close()));

const statusOf = async (options: Parameters<CacheBench['read']>[1] = {}) =>
  cacheStatusHeader((await bench.read(path, options)).cacheStatus);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a store that is not cached', () => {
  beforeEach(() => {
    open({ storeName: 'other', absenceOf: () => ({ tag: 0n, since: bench.time.now() }) });
  });

  it('is asked each time', async () => {
    for (let read = 1; read <= 2; read += 1) {
      expect(await statusOf()).toBe('coffer; fwd=bypass; detail=store');
      expect(bench.store.reads).toBe(read);
    }
    expect(await bench.figure('coffer_cache_reads_total', { source: 'store', reason: 'bypass' })).toBe(2);
  });

  it('has nothing that is known without asking it, not even an absence', () => {
    expect(bench.cache().lookup.cached(path)).toBeUndefined();
  });
});

it('what is known to be absent is told so, and nothing is where nothing is known', () => {
  open({ absenceOf: (at) => (at.key === 'KEY' ? { tag: 0n, since: bench.time.now() } : undefined) });
  expect(bench.cache().lookup.cached(path)).toBe('absent');
  expect(bench.cache().lookup.cached(SecretPath.of('main', 'company.team', 'OTHER'))).toBeUndefined();
});

describe('calls of one key', () => {
  it('are shared by reads that come together, without a shared cache too', async () => {
    open({ shared: false });
    await Promise.all(Array.from({ length: 20 }, () => statusOf()));
    expect(bench.store.reads).toBe(1);
  });

  it('that began after a write are joined, however late one from before it ends', async () => {
    open({ shared: false });
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    bench.store.gate = first.promise;
    const early = statusOf();
    await turn();
    bench.store.gate = second.promise;
    await bench.write(path, 'two');
    const late = statusOf();
    await turn();
    first.resolve();
    await early;
    const joining = statusOf();
    await turn();
    expect(bench.store.reads).toBe(2);
    second.resolve();
    await Promise.all([late, joining]);
  });
});

describe('the shared cache', () => {
  it('is filled under the lease it gave, which is counted', async () => {
    open();
    const fill = jest.spyOn(bench.shared!, 'fill');
    await statusOf();
    expect(fill).toHaveBeenCalledTimes(1);
    expect(await bench.figure('coffer_cache_fills_total', { outcome: 'kept' })).toBe(1);
    expect(await bench.figure('coffer_cache_reads_total', { source: 'store', reason: 'miss' })).toBe(1);
  });

  it('is counted where it has the answer', async () => {
    open({ gateways: 2 });
    await statusOf();
    await statusOf({ gateway: 1 });
    expect(await bench.figure('coffer_cache_reads_total', { source: 'l2', reason: '' })).toBe(1);
    await statusOf({ gateway: 1 });
    expect(await bench.figure('coffer_cache_reads_total', { source: 'l1', reason: '' })).toBe(1);
  });

  it('gets its lease back with nothing where the answer may not be kept, or there is none', async () => {
    open();
    const released = jest.spyOn(bench.shared!, 'releaseLease');
    const { promise, resolve } = Promise.withResolvers<void>();
    bench.store.gate = promise;
    const killed = statusOf();
    await turn();
    bench.commit(path, bench.prepare(path));
    resolve();
    await killed;
    expect(released).toHaveBeenCalledTimes(1);
    bench.store.failure = new Error('down');
    await expect(statusOf()).rejects.toThrow('down');
    expect(released).toHaveBeenCalledTimes(2);
  });

  it('is given nothing by who got no lease of it, whether the store answers or fails', async () => {
    open();
    jest.spyOn(bench.shared!, 'getOrLease').mockResolvedValue({ kind: 'miss' });
    const fill = jest.spyOn(bench.shared!, 'fill');
    const released = jest.spyOn(bench.shared!, 'releaseLease');
    bench.store.failure = new Error('down');
    await expect(statusOf()).rejects.toThrow('down');
    bench.store.failure = undefined;
    expect(await statusOf()).toBe(MISS);
    bench.store.strong = false;
    bench.commit(path, bench.prepare(path));
    bench.store.lagging.push(...Array.from({ length: 6 }, () => stored('one', 0n)));
    await statusOf();
    expect(fill).not.toHaveBeenCalled();
    expect(released).not.toHaveBeenCalled();
  });

  it('has nothing to say once its entry would live for longer than the rule allows', async () => {
    open({ rule: { lifeMs: 1_000 } });
    const entry = { secret: undefined, tag: 0n };
    const look = jest.spyOn(bench.shared!, 'getOrLease');
    look.mockResolvedValue({ kind: 'hit', entry: { ...entry, expires: bench.time.now() + 1_001 } });
    expect(await statusOf()).toBe(MISS);
    open({ rule: { lifeMs: 1_000 } });
    jest
      .spyOn(bench.shared!, 'getOrLease')
      .mockResolvedValue({ kind: 'hit', entry: { ...entry, expires: bench.time.now() + 1_000 } });
    await expect(statusOf()).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('the latest writes', () => {
  const remembered = () => bench.figure('coffer_budget_bytes', { budget: 'latest-writes' });

  it('are remembered of stores whose reads lag, and of no other', async () => {
    open();
    bench.commit(path, bench.prepare(path));
    expect(await remembered()).toBe(0);
    bench.store.strong = false;
    bench.commit(path, bench.prepare(path));
    expect(await remembered()).toBeGreaterThan(0);
  });

  it('are none that the reader has passed over, and none of what is no path', async () => {
    open();
    bench.store.strong = false;
    const late = bench.prepare(path);
    const fence = bench.prepare(path);
    bench.commit(path, fence);
    const { length } = path.toString();
    expect(await remembered()).toBe(200 + 2 * length);
    bench.commit(path, late);
    const behind = bench.entryOfCommit(path, late, bench.clock.wall());
    bench.cache().read({ ...behind, record: { ...behind.record, path: 'no path' } as typeof behind.record });
    expect(await remembered()).toBe(200 + 2 * length);
    bench.store.lagging.push(stored('old', late));
    await statusOf();
    expect(bench.store.reads).toBe(2);
  });
});

describe('hits that the log proves to have been stale', () => {
  const stale = () => bench.figure('coffer_reads_found_stale_total');
  /** A hit so long after a write that is heard of later. */
  const hitAfter = async (ms: number): Promise<void> => {
    open({ mode: 'bounded' });
    await statusOf();
    const writtenAt = bench.clock.wall();
    bench.prepare(SecretPath.of('main', 'company.team', 'OTHER'));
    bench.clock.pass(ms);
    await statusOf();
    bench.cache().read(bench.entryOfCommit(path, 2n, writtenAt));
  };

  it('are more than a second later than the write', async () => {
    await hitAfter(1_000);
    expect(await stale()).toBe(0);
    await hitAfter(1_001);
    expect(await stale()).toBe(1);
  });

  it('are none of an entry that has the write', async () => {
    open({ mode: 'bounded' });
    await bench.write(path, 'two');
    await statusOf();
    const writtenAt = bench.clock.wall();
    bench.clock.pass(5_000);
    await statusOf();
    bench.cache().read(bench.entryOfCommit(path, 1n, writtenAt));
    expect(await stale()).toBe(0);
  });
});

it('a rule of the protocol that is left out, as tests do, is left out by reader and caches', async () => {
  open({ protocolRules: { ...ALL_RULES, lease: false } });
  await statusOf();
  bench.clock.pass(5_000);
  expect(await statusOf()).toBe('coffer; hit; detail=l1; ttl=55');
});

describe('a process that was stopped', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['performance', 'nextTick', 'setImmediate', 'queueMicrotask'] });
  });
  afterEach(() => jest.useRealTimers());

  it('lets fewer reads be under way, and for half a window forgets what it had and doubts the catalogue', async () => {
    open({ mode: 'bounded', shared: false, rule: { lifeMs: 3_600_000 } });
    await statusOf();
    const { suspected } = bench;
    bench.clock.pass(1_000);
    jest.advanceTimersByTime(100);
    expect(await bench.figure('coffer_store_reads_limit')).toBeLessThan(256);
    expect(await statusOf()).toContain('hit');
    expect(bench.suspected).toBe(suspected);
    bench.clock.pass(DEFAULT_TIMING.windowMs / 2 + 100);
    jest.advanceTimersByTime(100);
    expect(await statusOf()).toBe(MISS);
    expect(bench.suspected).toBe(suspected + 1);
  });
});

describe('entries in memory', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['performance', 'nextTick', 'setImmediate', 'queueMicrotask'] });
  });
  afterEach(() => jest.useRealTimers());

  it('are counted by their store, with their bytes, and freed within a minute once they are over', async () => {
    open({ mode: 'bounded', rule: { lifeMs: 1_000 } });
    await statusOf();
    expect(await bench.figure('coffer_cache_entries', { manager: 'default' })).toBe(1);
    expect(await bench.figure('coffer_cache_bytes', { manager: 'default' })).toBeGreaterThan(400);
    bench.clock.pass(1_000);
    jest.advanceTimersByTime(59_999);
    expect(await bench.figure('coffer_cache_entries', { manager: 'default' })).toBe(1);
    jest.advanceTimersByTime(1);
    expect(await bench.figure('coffer_cache_entries', { manager: 'default' })).toBe(0);
  });
});
