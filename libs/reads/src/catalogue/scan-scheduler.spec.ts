import type { Backend } from '@coffer/backend-contract';
import { withFacade } from '@coffer/backend-facade';
import { openMemoryBackend } from '@coffer/backend-memory';
import { Catalogue, type CataloguedStore } from '@coffer/catalogue';
import { Metrics } from '@coffer/observability';
import { CofferError, fenceOf, SecretPath } from '@coffer/secrets';
import { drop, put } from './catalogue.fixture.js';
import { ScanScheduler } from './scan-scheduler.js';

const REFRESH_MS = 100_000;
const HOUR_MS = 3_600_000;
const down = new CofferError('denied', 'no');

/** One store that tells of its listings, with a clock that moves with the timers. */
class Bench {
  readonly backend = openMemoryBackend();
  readonly metrics = new Metrics();
  readonly logged: object[] = [];
  readonly settled: string[] = [];
  readonly closing = new AbortController();
  /** When each listing began, and whose. */
  readonly listings: [atMs: number, tenant: string][] = [];
  failure: Error | undefined;
  /** What each page waits for. */
  gate: (() => Promise<void>) | undefined;
  now = 0;
  readonly catalogue: Catalogue;
  readonly store: CataloguedStore;
  readonly scheduler: ScanScheduler;

  constructor() {
    const list = (...args: Parameters<Backend['list']>) => this.#list(...args);
    this.store = { name: 's', backend: withFacade(Object.create(this.backend, { list: { value: list } }) as Backend) };
    this.catalogue = new Catalogue({
      managers: { forNamespace: () => this.store, forTenant: () => [this.store] },
      open: () => ({ version: '1', revision: 1, metadata: { tags: [] } }),
      ...{ now: () => this.now, windowMs: 60_000, uncertain: (path) => this.scheduler.clarify(path) },
    });
    const record = (level: string) => (fields: object, message: string) =>
      void this.logged.push({ level, message, ...fields });
    this.scheduler = new ScanScheduler(this.store, {
      ...{ catalogue: this.catalogue, refresh: REFRESH_MS, metrics: this.metrics, now: () => this.now },
      ...{ signal: this.closing.signal, settled: (tenant: string) => this.settled.push(tenant) },
      logger: { info: record('info'), warn: record('warn') } as never,
    });
  }

  /** In steps, so that what a timer begins is timed by the clock of then, or at most a step later. */
  async pass(ms: number, stepMs = 500): Promise<void> {
    await settle();
    for (let left = ms; left > 0; left -= stepMs) {
      this.now += Math.min(stepMs, left);
      await jest.advanceTimersByTimeAsync(Math.min(stepMs, left));
    }
  }

  async figure(name: string): Promise<number> {
    const line = (await this.metrics.text()).split('\n').find((text) => text.startsWith(name));
    return Number(line?.split(' ').at(-1) ?? NaN);
  }

  async *#list(...[scope, options]: Parameters<Backend['list']>): ReturnType<Backend['list']> {
    this.listings.push([this.now, scope.tenant]);
    if (this.failure !== undefined) throw this.failure;
    for await (const page of this.backend.list(scope, options)) {
      await this.gate?.();
      yield page;
    }
  }
}

/** Lets what has begun come to where it waits for a timer. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

let bench: Bench;
let random: jest.SpyInstance<number, []>;
beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['performance', 'nextTick', 'setImmediate', 'queueMicrotask'] });
  random = jest.spyOn(Math, 'random').mockReturnValue(0);
  bench = new Bench();
});
afterEach(() => {
  bench.closing.abort();
  bench.scheduler.close();
  random.mockRestore();
  jest.useRealTimers();
});
const times = (): number[] => bench.listings.map(([atMs]) => atMs);

describe('a scan', () => {
  it('comes again, a fifth of the interval sooner or later', async () => {
    await put(bench.backend, 'a', 'K');
    bench.scheduler.keep('main');
    await bench.pass(81_000);
    random.mockReturnValue(1);
    expect(times()).toEqual([0, 80_000]);
    await bench.pass(80_000);
    expect(times()).toEqual([0, 80_000, 160_000]);
    await bench.pass(120_000);
    expect(times()).toEqual([0, 80_000, 160_000, 280_000]);
  });

  it('is told once it is the first, and counted', async () => {
    await put(bench.backend, 'a', 'K');
    await bench.scheduler.scan('main');
    await bench.scheduler.scan('main');
    expect(bench.logged).toEqual([
      { level: 'info', message: 'the store is listed', manager: 's', tenant: 'main', secrets: 1, milliseconds: 0 },
    ]);
    expect(bench.settled).toEqual(['main', 'main']);
    expect(await bench.figure('coffer_catalogue_scan_seconds_sum{manager="s",outcome="ok"}')).toBe(0);
    expect(await bench.figure('coffer_catalogue_scan_seconds_count{manager="s",outcome="ok"}')).toBe(2);
    const scannedAtSeconds = await bench.figure('coffer_catalogue_scanned');
    expect(Math.abs(scannedAtSeconds - Date.now() / 1_000)).toBeLessThan(60);
  });

  it('that takes long tells every two seconds how far it is', async () => {
    for (let key = 0; key < 2_600; key += 1) await put(bench.backend, 'a', `K${key}`);
    bench.now = 50_000;
    bench.gate = () => {
      bench.now += 1_000;
      return Promise.resolve();
    };
    await bench.scheduler.scan('main');
    expect(bench.logged.slice(0, -1)).toEqual(
      [
        [1_000, 2_000],
        [2_000, 4_000],
        [2_600, 6_000],
      ].map(([found, milliseconds]) => ({
        ...{ level: 'info', message: 'listing the store', manager: 's', tenant: 'main', found, milliseconds },
      })),
    );
    expect(bench.logged.at(-1)).toMatchObject({ message: 'the store is listed', milliseconds: bench.now - 50_000 });
    expect(await bench.figure('coffer_catalogue_scan_seconds_sum{manager="s",outcome="ok"}')).toBe(
      (bench.now - 50_000) / 1_000,
    );
  });

  it('that fails is tried again after a second, then twice as long each time up to a minute', async () => {
    random.mockReturnValue(1);
    bench.failure = down;
    bench.scheduler.keep('main');
    await bench.pass(200_000);
    const gaps = times().map((atMs, index) => atMs - (times()[index - 1] ?? 0));
    expect(gaps).toEqual([0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    expect(bench.logged).toHaveLength(9);
    expect(bench.logged[0]).toMatchObject({ level: 'warn', manager: 's', tenant: 'main', err: { code: 'denied' } });
    expect(await bench.figure('coffer_catalogue_scan_seconds_count{manager="s",outcome="denied"}')).toBe(9);
    // Half of that at least, lest all gateways ask at once; and from the beginning after a success.
    bench.failure = undefined;
    random.mockReturnValue(0);
    await bench.pass(60_000);
    bench.failure = down;
    const failed = times().length;
    await bench.pass(81_000);
    expect(
      times()
        .slice(failed, failed + 2)
        .map((atMs) => atMs - (times()[failed] ?? 0)),
    ).toEqual([0, 500]);
  });

  it('of one store waits for the one before, and is made once for all who wait', async () => {
    await put(bench.backend, 'a', 'K');
    const gates: (() => void)[] = [];
    bench.gate = () => new Promise((resolve) => gates.push(resolve));
    const running = bench.scheduler.scan('main');
    await settle();
    // One under way will do for who only needs the first; others need one that begins later.
    const first = bench.scheduler.first('main');
    const later = [bench.scheduler.scan('main'), bench.scheduler.scan('main'), bench.scheduler.scan('other')];
    await settle();
    expect(bench.listings).toHaveLength(1);
    gates.shift()?.();
    await Promise.all([running, first]);
    await settle();
    expect(bench.listings.map(([, tenant]) => tenant)).toEqual(['main', 'main']);
    bench.gate = undefined;
    gates.shift()?.();
    await Promise.all(later);
    expect(bench.listings.map(([, tenant]) => tenant)).toEqual(['main', 'main', 'other']);
  });

  it('of another tenant goes on where one has failed', async () => {
    bench.failure = down;
    const failing = bench.scheduler.scan('main');
    await expect(failing).rejects.toBe(down);
    bench.failure = undefined;
    await bench.scheduler.scan('other');
    expect(bench.listings.map(([, tenant]) => tenant)).toEqual(['main', 'other']);
  });
});

describe('what was changed without Coffer', () => {
  it('is counted and told, and nothing is where nothing was', async () => {
    await put(bench.backend, 'a', 'K');
    await bench.scheduler.scan('main');
    await bench.scheduler.scan('main');
    expect(bench.logged).toHaveLength(1);
    await put(bench.backend, 'a', 'L');
    await bench.scheduler.scan('main');
    expect(bench.logged.at(-1)).toEqual({
      ...{ level: 'warn', message: 'secrets were changed in the store without Coffer', manager: 's', tenant: 'main' },
      ...{ appeared: 1, changed: 0, deleted: 0 },
    });
    expect(await bench.figure('coffer_catalogue_drift_total{manager="s",kind="appeared"}')).toBe(1);
    expect(await bench.figure('coffer_catalogue_drift_total{manager="s",kind="deleted"}')).toBe(0);
  });

  it('is told also where as much of one kind was found as of another', async () => {
    await put(bench.backend, 'a', 'CHANGES');
    await put(bench.backend, 'a', 'GOES');
    await bench.scheduler.scan('main');
    await put(bench.backend, 'a', 'CHANGES', { description: 'changed', tags: [] });
    await put(bench.backend, 'a', 'COMES');
    await bench.scheduler.scan('main');
    expect(bench.logged.at(-1)).toMatchObject({ appeared: 1, changed: 1, deleted: 0 });
    await put(bench.backend, 'a', 'COMES TOO');
    await drop(bench.backend, 'a', 'GOES');
    await bench.scheduler.scan('main');
    expect(bench.logged.at(-1)).toMatchObject({ appeared: 1, changed: 0, deleted: 1 });
  });
});

describe('a tenant that nobody asks for', () => {
  const isKept = (): boolean => bench.catalogue.sections().length > 0;

  it('is forgotten after an hour, and its scans end', async () => {
    await put(bench.backend, 'a', 'K');
    bench.scheduler.use('main');
    await bench.scheduler.scan('main');
    await bench.pass(HOUR_MS - 1_000, 20_000);
    expect(isKept()).toBe(true);
    await bench.pass(REFRESH_MS, 20_000);
    expect(isKept()).toBe(false);
    const { length } = bench.listings;
    await bench.pass(2 * REFRESH_MS, 20_000);
    expect(bench.listings).toHaveLength(length);
  });

  it('is forgotten at its next scan where it has no secret', async () => {
    bench.scheduler.use('main');
    await bench.scheduler.scan('main');
    await bench.pass(79_000);
    expect(isKept()).toBe(true);
    await bench.pass(2_000);
    expect([isKept(), bench.listings.length, bench.settled]).toEqual([false, 1, ['main']]);
  });

  it('stays while it is asked for, or where it is to be kept', async () => {
    bench.scheduler.keep('kept');
    bench.scheduler.use('kept');
    for (let passed = 0; passed < HOUR_MS + 2 * REFRESH_MS; passed += 40_000) {
      bench.scheduler.use('asked');
      await bench.pass(40_000, 20_000);
    }
    expect(bench.catalogue.sections().map(({ options }) => options.tenant)).toEqual(['kept', 'asked']);
  });
});

describe('what a record left open', () => {
  const path = SecretPath.of('main', 'a', 'K');
  const superseded = (): void =>
    bench.catalogue.read({
      ...{ shard: 0, offset: 1n, timestamp: 0 },
      record: {
        ...{ type: 'COMMIT', partition: 0, owner: 0n, path: path.toString(), fence: fenceOf(1, 1n), operation: 'o' },
        ...{ kind: 'put', fingerprint: '', outcome: 'superseded', sealed: new Uint8Array() },
      },
    });

  it('is asked of the store, and where it does not answer all is listed a second later', async () => {
    await bench.scheduler.scan('main');
    const read = jest.spyOn(bench.store.backend, 'read').mockRejectedValue(down);
    superseded();
    await bench.pass(500);
    expect([read.mock.calls.length, bench.listings.length]).toEqual([1, 1]);
    bench.scheduler.use('main');
    await put(bench.backend, 'a', 'K');
    await bench.pass(500);
    expect(times()).toEqual([0, 1_000]);
  });
});

describe('at the end of the process', () => {
  it('no scan begins, and none that fails is told or tried again', async () => {
    bench.failure = down;
    const failing = bench.scheduler.scan('main');
    bench.closing.abort();
    await expect(failing).rejects.toMatchObject({ code: expect.stringMatching(/denied|unavailable/) as string });
    await expect(bench.scheduler.scan('main')).rejects.toMatchObject({ code: 'unavailable' });
    const { length } = bench.listings;
    await bench.pass(REFRESH_MS, 20_000);
    expect([bench.listings.length, bench.logged]).toEqual([length, []]);
  });

  it('scans that were due are not made', async () => {
    bench.scheduler.keep('main');
    await bench.pass(500);
    bench.scheduler.close();
    await bench.pass(2 * REFRESH_MS, 20_000);
    expect(times()).toEqual([0]);
  });
});
