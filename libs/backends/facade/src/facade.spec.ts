import type { Backend, CallOptions } from '@coffer/backend-contract';
import { DecoratedBackend, FaultyBackend, type Operation } from '@coffer/backend-conformance';
import { CofferError, fenceOf, SecretPath, SecretValue, type Clock, type StoreErrorCode } from '@coffer/secrets';
import { withFacade, type FacadeMetrics } from './index.js';

const path = SecretPath.of('main', 'company', 'k');
const call = (signal = new AbortController().signal): CallOptions => ({ signal });

const LIMITS = { valueBytes: 10, descriptionBytes: 10, tags: { count: 1, keyLength: 5, valueLength: 5 } };

/** A store that holds nothing and answers at once. */
class EmptyStore implements Backend {
  readonly capabilities: Backend['capabilities'] = {
    store: 'empty',
    conditionalWrites: 'none',
    strongReads: true,
    tombstones: false,
    externalSecrets: false,
    prefixes: false,
    limits: LIMITS,
  };
  read = async () => undefined;
  apply = async () => ({ outcome: 'superseded', storedFence: fenceOf(1, 9n) }) as const;
  check = async () => undefined;
  close = async () => undefined;
  async *list(): AsyncGenerator<never[]> {
    yield [];
  }
}

/** Never answers, whatever the signal says. */
class HangingStore extends DecoratedBackend {
  calls = 0;
  protected override around<T>(_operation: Operation): Promise<T> {
    this.calls += 1;
    return new Promise<T>(() => undefined);
  }
}

class ThrowingStore extends DecoratedBackend {
  protected override around<T>(): Promise<T> {
    return Promise.reject(Object.assign(new Error('the password is hunter2'), { body: 'hunter2' }));
  }
}

const FAST = { attempts: 2, initialDelayMs: 1, maxDelayMs: 1 };
const codeOf = async (calling: Promise<unknown>): Promise<string> =>
  calling.then(
    () => 'ok',
    (error: unknown) => (CofferError.is(error) ? error.code : 'not ours'),
  );

const recorder = () => {
  const calls: [string, string][] = [];
  const retries: string[] = [];
  const breaker: boolean[] = [];
  const metrics: FacadeMetrics = {
    call: (operation, outcome) => calls.push([operation, outcome]),
    retry: (operation) => retries.push(operation),
    breaker: (open) => breaker.push(open),
  };
  return { calls, retries, breaker, metrics };
};

describe('BackendFacade', () => {
  const write = (backend: Backend) =>
    backend.apply(
      { kind: 'put', path, value: new SecretValue('v'), metadata: { tags: [] } },
      { fence: fenceOf(1, 1n), ...call() },
    );

  it('repeats reads, lists and checks until the store answers, and never a write', async () => {
    const faulty = new FaultyBackend(new EmptyStore());
    const { metrics, retries } = recorder();
    const facade = withFacade(faulty, { retries: FAST, metrics, breaker: { failures: 100 } });
    faulty.set({ code: 'unavailable', when: 'before', times: 2 });
    expect(await facade.read(path, call())).toBeUndefined();
    faulty.set({ code: 'throttled', when: 'before', times: 2 });
    await facade.check(call());
    faulty.set({ code: 'timeout', when: 'before', times: 2 });
    for await (const _page of facade.list({ tenant: 'main' }, call()));
    expect(retries).toEqual(['read', 'read', 'check', 'check', 'list', 'list']);
    faulty.set({ code: 'unavailable', when: 'before', times: 1 });
    expect(await codeOf(write(facade))).toBe('unavailable');
    expect(retries).toHaveLength(6);
  });

  it.each<StoreErrorCode>(['denied', 'unauthenticated', 'corrupt', 'invalid'])('does not repeat %s', async (code) => {
    const faulty = new FaultyBackend(new EmptyStore());
    const { metrics, retries } = recorder();
    const facade = withFacade(faulty, { retries: FAST, metrics });
    faulty.set({ code, when: 'before', times: 1 });
    expect(await codeOf(facade.read(path, call()))).toBe(code);
    expect(retries).toEqual([]);
  });

  it('gives a call up at its deadline, also when the adapter does not', async () => {
    const facade = withFacade(new HangingStore(new EmptyStore()), { callTimeoutMs: 20 });
    expect(await codeOf(facade.read(path, call()))).toBe('timeout');
    expect(await codeOf(write(facade))).toBe('timeout');
  });

  it('gives a call up when its caller does', async () => {
    const hanging = new HangingStore(new EmptyStore());
    const facade = withFacade(hanging, { callTimeoutMs: 60_000, breaker: { failures: 1 } });
    const controller = new AbortController();
    const reading = codeOf(facade.read(path, call(controller.signal)));
    controller.abort();
    expect(await reading).toBe('timeout');
    expect(facade.breakerOpen).toBe(false);
  });

  it('opens the breaker, tells of it, and closes it by a call that succeeds', async () => {
    const faulty = new FaultyBackend(new EmptyStore());
    const { metrics, breaker } = recorder();
    const facade = withFacade(faulty, { metrics, breaker: { failures: 3, openMs: 1, maxOpenMs: 1 } });
    const changes: boolean[] = [];
    facade.onBreakerChange((open) => changes.push(open));
    faulty.set({ code: 'unavailable', when: 'before' });
    for (let n = 0; n < 3; n += 1) await codeOf(write(facade));
    expect(facade.breakerOpen).toBe(true);
    expect(changes).toEqual([true]);
    faulty.clear();
    while ((await codeOf(facade.check(call()))) !== 'ok');
    expect(facade.breakerOpen).toBe(false);
    expect(changes).toEqual([true, false]);
    expect(breaker).toEqual([true, false]);
  });

  it('asks the store nothing while the breaker is open', async () => {
    const hanging = new HangingStore(new EmptyStore());
    const facade = withFacade(hanging, {
      callTimeoutMs: 5,
      breaker: { failures: 2, openMs: 60_000, maxOpenMs: 60_000 },
    });
    for (let n = 0; n < 2; n += 1) await codeOf(write(facade));
    const { calls } = hanging;
    expect(await codeOf(facade.read(path, call()))).toBe('unavailable');
    expect(await codeOf(write(facade))).toBe('unavailable');
    expect(hanging.calls).toBe(calls);
  });

  it('says while it is open what the store failed with, and tells of that', async () => {
    class Failing extends DecoratedBackend {
      protected override around<T>(): Promise<T> {
        const details = { store: 'empty', vendorCode: '3D000' };
        return Promise.reject(
          new CofferError('unavailable', 'empty: it cannot work (3D000: no such database)', details),
        );
      }
    }
    const facade = withFacade(new Failing(new EmptyStore()), {
      breaker: { failures: 2, openMs: 60_000, maxOpenMs: 60_000 },
    });
    const changes: unknown[] = [];
    facade.onBreakerChange((open, failure) => changes.push([open, failure?.code, failure?.message]));
    for (let n = 0; n < 2; n += 1) await codeOf(write(facade));
    const refused: unknown = await facade.read(path, call()).catch((error: unknown) => error);
    if (!CofferError.is(refused, 'unavailable')) throw new Error('it was not refused');
    expect(refused.message).toBe(
      'empty: it cannot work (3D000: no such database); it failed 2 times in a row and is asked again within 60 s',
    );
    expect(refused.details).toEqual({
      store: 'empty',
      reached: false,
      lastCode: 'unavailable',
      lastFailure: 'empty: it cannot work (3D000: no such database)',
      vendorCode: '3D000',
    });
    expect(changes).toEqual([[true, 'unavailable', 'empty: it cannot work (3D000: no such database)']]);
  });

  it.each<StoreErrorCode>(['denied', 'invalid', 'not-found', 'conflict'])(
    'keeps the breaker closed on %s',
    async (code) => {
      const faulty = new FaultyBackend(new EmptyStore());
      const facade = withFacade(faulty, { breaker: { failures: 1 } });
      faulty.set({ code, when: 'before' });
      await codeOf(write(facade));
      expect(facade.breakerOpen).toBe(false);
    },
  );

  it('keeps nothing of an error that the adapter let through', async () => {
    const facade = withFacade(new ThrowingStore(new EmptyStore()), { retries: FAST });
    for (const calling of [facade.read(path, call()), write(facade), facade.check(call())]) {
      const error = await calling.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(CofferError);
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hunter2');
    }
  });

  it('keeps to the rate, and refuses what could not have its turn in time', async () => {
    const facade = withFacade(new EmptyStore(), { callTimeoutMs: 50, rateLimit: { perSecond: 1, burst: 2 } });
    expect(await codeOf(facade.read(path, call()))).toBe('ok');
    expect(await codeOf(facade.read(path, call()))).toBe('ok');
    expect(await codeOf(write(facade))).toBe('throttled');
  });

  it('keeps to the rates that the store publishes, each kind of call to its own', async () => {
    const store = new EmptyStore();
    const capabilities = { ...store.capabilities, rates: { writes: 2 } };
    const facade = withFacade(Object.assign(store, { capabilities }), { callTimeoutMs: 50 });
    expect([await codeOf(write(facade)), await codeOf(write(facade))]).toEqual(['ok', 'ok']);
    expect(await codeOf(write(facade))).toBe('throttled');
    expect(await codeOf(facade.read(path, call()))).toBe('ok');
  });

  it('counts calls by operation and outcome', async () => {
    const { metrics, calls } = recorder();
    const facade = withFacade(new EmptyStore(), { metrics });
    await facade.read(path, call());
    await write(facade);
    await codeOf(facade.check(call(AbortSignal.abort())));
    expect(calls).toEqual([
      ['read', 'ok'],
      ['write', 'superseded'],
      ['check', 'timeout'],
    ]);
  });

  it('quotes the store’s own rule of tags, of default ones as well', () => {
    const brokenRule = ({ value }: { value: string }) => (value === '!' ? 'a tag may have letters' : undefined);
    const store = new EmptyStore();
    const capabilities = { ...store.capabilities, limits: { ...LIMITS, tags: { ...LIMITS.tags, brokenRule } } };
    const ruled = Object.assign(store, { capabilities });
    const validate = (value: string) => () =>
      withFacade(ruled).validate({ kind: 'patch', path, metadata: { tags: [{ key: 'a', value }] } });
    expect(validate('a')).not.toThrow();
    expect(validate('!')).toThrow(
      expect.objectContaining({ code: 'invalid', message: 'empty: a tag may have letters' }),
    );
    expect(() => withFacade(ruled, { defaultTags: [{ key: 'a', value: '!' }] })).toThrow('a tag may have letters');
  });

  it('counts default tags against the limit, and says the limit but not what was given', () => {
    const facade = withFacade(new EmptyStore(), { defaultTags: [{ key: 'a', value: '' }] });
    const own = { tags: [{ key: 'b', value: '' }] };
    expect(() => facade.validate({ kind: 'patch', path, metadata: own })).toThrow(/at most 1 tags/);
    const value = new SecretValue('hunter2-hunter2');
    expect(() => facade.validate({ kind: 'put', path, value, metadata: { tags: [] } })).toThrow(
      'empty: a value may have at most 10 bytes of UTF-8, this one has 15',
    );
  });

  it('opens on a store that hangs until the caller’s own deadline', async () => {
    const facade = withFacade(new HangingStore(new EmptyStore()), { callTimeoutMs: 20, breaker: { failures: 2 } });
    const late = () =>
      facade.apply({ kind: 'delete', path }, { fence: fenceOf(1, 1n), ...call(AbortSignal.timeout(20)) });
    for (let n = 0; n < 2; n += 1) expect(await codeOf(late())).toBe('timeout');
    expect(facade.breakerOpen).toBe(true);
  });

  it.each<StoreErrorCode>(['throttled', 'not-found'])(
    'takes %s for an answer, which ends a row of failures',
    async (code) => {
      const faulty = new FaultyBackend(new EmptyStore());
      const facade = withFacade(faulty, { breaker: { failures: 2 } });
      for (const next of ['unavailable', code, 'unavailable', code] as const) {
        faulty.set({ code: next, when: 'before' });
        expect(await codeOf(write(facade))).toBe(next);
      }
      expect(facade.breakerOpen).toBe(false);
    },
  );

  describe('with its breaker open', () => {
    const OPEN_MS = 1_000;
    const setting = async (inner: Backend = new EmptyStore()) => {
      let now = 0;
      const clock: Clock = { monotonic: () => now, wall: () => 0 };
      const faulty = new FaultyBackend(inner);
      const facade = withFacade(faulty, { clock, breaker: { failures: 1, openMs: OPEN_MS, maxOpenMs: 2 * OPEN_MS } });
      faulty.set({ code: 'unavailable', when: 'before' });
      await codeOf(write(facade));
      const pass = (milliseconds: number): void => void (now += milliseconds);
      return { facade, faulty, pass };
    };
    const refusal = { code: 'unavailable', details: { reached: false } };

    it('says that the store was not asked, and rests by the monotonic clock, longer after a trial that failed', async () => {
      const { facade, faulty, pass } = await setting();
      await expect(write(facade)).rejects.toMatchObject(refusal);
      await expect(facade.check(call())).rejects.toMatchObject(refusal);
      pass(OPEN_MS);
      await expect(write(facade)).rejects.not.toMatchObject(refusal);
      faulty.clear();
      pass(OPEN_MS);
      await expect(facade.check(call())).rejects.toMatchObject(refusal);
      pass(OPEN_MS);
      await facade.check(call());
      expect(facade.breakerOpen).toBe(false);
    });

    it('lets one call at a time try, and stays open when that one is given up', async () => {
      const { facade, faulty, pass } = await setting(new HangingStore(new EmptyStore()));
      faulty.clear();
      pass(OPEN_MS);
      const controller = new AbortController();
      const trial = codeOf(facade.read(path, call(controller.signal)));
      await expect(write(facade)).rejects.toMatchObject(refusal);
      controller.abort();
      expect(await trial).toBe('timeout');
      expect(facade.breakerOpen).toBe(true);
    });
  });

  it('says when the time was over before the store was asked', async () => {
    const facade = withFacade(new EmptyStore());
    const late = facade.apply({ kind: 'delete', path }, { fence: fenceOf(1, 1n), ...call(AbortSignal.abort()) });
    await expect(late).rejects.toMatchObject({ code: 'timeout', details: { reached: false } });
  });

  it('spends no token on calls that gave up', async () => {
    const limited = { callTimeoutMs: 60_000, rateLimit: { perSecond: 20, burst: 1 } };
    const facade = withFacade(new EmptyStore(), limited);
    await facade.check(call());
    const controller = new AbortController();
    const storm = Array.from({ length: 10_000 }, () =>
      facade.apply({ kind: 'delete', path }, { fence: fenceOf(1, 1n), ...call(controller.signal) }),
    );
    const codes = Promise.all(storm.map((calling) => codeOf(calling)));
    controller.abort();
    expect(new Set(await codes)).toEqual(new Set(['throttled']));
    await facade.check(call());
  });

  it('gives the store’s reason when there is no time left to try again', async () => {
    const faulty = new FaultyBackend(new EmptyStore());
    const facade = withFacade(faulty, { callTimeoutMs: 20, retries: { initialDelayMs: 1e9, maxDelayMs: 1e9 } });
    faulty.set({ code: 'unavailable', when: 'before' });
    expect(await codeOf(facade.read(path, call()))).toBe('unavailable');
  });

  it('knows that no secret has a key too long for the prefix, and names the rule when one is written', async () => {
    const facade = withFacade(new EmptyStore(), { filterOnPrefix: { prefix: 'app_', keepPrefix: false } });
    const long = SecretPath.of('main', 'company', 'k'.repeat(255));
    expect(await facade.read(long, call())).toBeUndefined();
    expect(() => facade.validate({ kind: 'delete', path: long })).toThrow(/with this store's prefix 'app_'/);
  });

  it('refuses U+0000 in tags', () => {
    const tags = [{ key: 'a', value: '\0' }];
    expect(() => withFacade(new EmptyStore()).validate({ kind: 'patch', path, metadata: { tags } })).toThrow(/U\+0000/);
  });
});
