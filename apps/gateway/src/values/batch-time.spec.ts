import type { CacheStatus, ReadService, ResolvedSecret } from '@coffer/reads';
import { SecretValue } from '@coffer/secrets';
import { openTestApi, type TestApi, type TestApiOptions } from '../fixture/test-api.js';

const ROOT = '/coffer/v1/main/namespaces';

/** A JSON object of about so many bytes. */
const objectOf = (bytes: number): string => {
  const fields = Array.from({ length: Math.ceil(bytes / 24) }, (_, index) => [`field${index}`, index * 1_000]);
  return JSON.stringify(Object.fromEntries(fields));
};

const open: TestApi[] = [];
const FROM_STORE: CacheStatus = { source: 'store', forward: 'bypass' };

const start = async (reads: ReadService['resolve'], more: TestApiOptions = {}): Promise<TestApi> => {
  const api = await openTestApi({ reads: { resolve: reads, cached: () => undefined }, ...more });
  open.push(api);
  return api;
};
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(open.splice(0).map(({ app }) => app.close()));
});

interface ItemAnswer {
  readonly key: string;
  readonly value?: string;
  readonly error?: { readonly code: string; readonly detail: string };
}

const batch = async (api: TestApi, keys: readonly object[]): Promise<readonly ItemAnswer[]> =>
  (await api.call('POST', `${ROOT}/a/resolve`, { payload: { keys } })).json();

it('500 equal keys with subkeys are one read and one parse', async () => {
  const text = objectOf(349 * 1_024);
  let asked = 0;
  const api = await start(({ path }) => {
    asked += 1;
    return { path, value: new SecretValue(text), version: 'v', revision: 1, cacheStatus: FROM_STORE };
  });
  const parse = jest.spyOn(JSON, 'parse');
  const items = await batch(
    api,
    Array.from({ length: 500 }, (_, index) => ({ key: 'K', subkey: `field${index % 250}` })),
  );
  expect(items.map(({ value }) => value)).toEqual(items.map((_, index) => String((index % 250) * 1_000)));
  expect(asked).toBe(1);
  expect(parse.mock.calls.filter(([parsed]) => parsed.length === text.length)).toHaveLength(1);
});

it('equal items are one read, also where they fail', async () => {
  const asked: string[] = [];
  const api = await start(async ({ path }) => {
    asked.push(path.toString());
    throw new Error('no');
  });
  const items = await batch(api, [
    { key: 'A' },
    { key: 'B' },
    { key: 'A', namespace: 'a' },
    { key: 'A', namespace: 'b' },
  ]);
  expect(items.map(({ error }) => error?.code)).toEqual(['internal', 'internal', 'internal', 'internal']);
  expect(asked).toEqual(['main/a/A', 'main/a/B', 'main/b/A']);
});

it('the event loop is given back while values are taken apart', async () => {
  const values = new Map<string, SecretValue>();
  const api = await start(
    ({ path }): ResolvedSecret => {
      const value = values.get(path.key) ?? new SecretValue(objectOf(128 * 1_024));
      values.set(path.key, value);
      return { path, value, version: 'v', revision: 1, cacheStatus: FROM_STORE };
    },
    { budgets: { batchTime: 600_000 } },
  );
  const keys = Array.from({ length: 60 }, (_, index) => ({ key: `K${index}`, subkey: 'field7' }));
  let [turns, done] = [0, false];
  const watch = (): void => {
    turns += 1;
    if (!done) setImmediate(watch);
  };
  await batch(api, keys.slice(0, 1));
  setImmediate(watch);
  const items = await batch(api, keys);
  done = true;
  expect(items.map(({ value, error }) => value ?? error)).toEqual(items.map(() => '7000'));
  // Without pauses, there are those of the request alone.
  expect(turns).toBeGreaterThan(10);
});

it('a batch has its time, and what comes later is answered by its own error', async () => {
  const api = await start(
    ({ path }) =>
      path.key === 'SLOW'
        ? new Promise<never>(() => undefined)
        : Promise.resolve({ path, value: new SecretValue('v'), version: 'v', revision: 1, cacheStatus: FROM_STORE }),
    { budgets: { batchTime: 100 } },
  );
  const items = await batch(api, [{ key: 'A' }, { key: 'SLOW' }, { key: 'B' }, { key: 'A' }]);
  expect(items.map(({ value, error }) => value ?? error?.code)).toEqual(['v', 'timeout', 'timeout', 'timeout']);
  expect(items[3]?.error?.detail).toBe(
    'the batch took longer than 0.1 s (coffer.limits.batchTime); ask for it in another request',
  );
  const { body } = await api.call('GET', '/metrics');
  expect(body).toContain('coffer_budget_refusals_total{budget="batch-time"} 1');
});
