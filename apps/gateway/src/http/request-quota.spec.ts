import type { CacheStatus, ReadService } from '@coffer/reads';
import { SecretValue } from '@coffer/secrets';
import { listen, rawRequest } from '../fixture/raw-request.js';
import { openTestApi, type TestApi, type TestApiOptions } from '../fixture/test-api.js';
import { CallerQuota } from './budget/caller-quota.js';

const ROOT = '/coffer/v1/main/namespaces';
const REFUSALS = 'coffer_budget_refusals_total{budget="requests"}';
const CACHED: CacheStatus = { source: 'l1', remainingTtlMs: 1_500 };

let asked = 0;
const resolve: ReadService['resolve'] = ({ path }) => {
  asked += 1;
  return {
    path,
    value: new SecretValue('v'),
    version: 'v1',
    revision: 1,
    cacheStatus: { source: 'store', forward: 'bypass' },
  };
};
const cached: ReadService['cached'] = ({ path }) => ({
  ...{ path, value: new SecretValue('v'), version: 'v1', revision: 1 },
  cacheStatus: CACHED as never,
});

const open: TestApi[] = [];
const start = async (options: TestApiOptions): Promise<TestApi> => {
  const api = await openTestApi(options);
  open.push(api);
  asked = 0;
  return api;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ app }) => app.close()));
});

const statusesOf = async (
  count: number,
  ask: () => Promise<{ readonly status: number }>,
): Promise<readonly number[]> => {
  const statuses: number[] = [];
  for (let time = 0; time < count; time += 1) statuses.push((await ask()).status);
  return statuses;
};

describe('requests of one caller', () => {
  it.each([
    ['of the route', undefined],
    ['of the fast path', cached],
  ])('beyond the quota are 429, which says what would be right: %s', async (_what, fromMemory) => {
    const api = await start({
      reads: { resolve, cached: fromMemory ?? (() => undefined) },
      budgets: { requestsPerMinute: 4 },
    });
    const port = await listen(api.app);
    const ask = (as: string, namespace: string) =>
      rawRequest(port, {
        ...{ method: 'GET', path: `${ROOT}/${namespace}/values/K` },
        headers: { authorization: `Bearer ${as}` },
      });
    expect(await statusesOf(6, () => ask('root', 'company.team'))).toEqual([200, 200, 200, 200, 429, 429]);
    // The first alone is asked of the route: it makes the caller known.
    if (fromMemory !== undefined) expect(asked).toBe(1);
    const refused = await ask('root', 'company.team');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(15);
    expect(JSON.parse(refused.body)).toMatchObject({
      code: 'rate-limited',
      detail: expect.stringContaining('4 requests a minute in one namespace'),
    });
    expect(refused.body).toContain('coffer.limits.requestsPerMinute');
    // Parents count what is below them; others of the tenant and other callers have their own.
    expect((await ask('root', 'company.other')).status).toBe(429);
    expect((await ask('root', 'elsewhere')).status).toBe(200);
    expect((await ask('team', 'company.team')).status).toBe(200);
    expect((await api.figures()).get(REFUSALS)).toBe(4);
    expect((await api.figures()).get('coffer_budget_bytes{budget="request-quota"}')).toBeGreaterThan(0);
  });

  it('count each path of a batch, before any is read', async () => {
    const api = await start({ reads: { resolve, cached: () => undefined }, budgets: { requestsPerMinute: 10 } });
    const batch = (count: number) =>
      api.call('POST', `${ROOT}/a/resolve`, {
        payload: { keys: Array.from({ length: count }, (_, index) => ({ key: `K${index}` })) },
      });
    expect((await batch(6)).statusCode).toBe(200);
    expect(asked).toBe(6);
    const refused = await batch(6);
    expect([refused.statusCode, refused.json().code]).toEqual([429, 'rate-limited']);
    expect(asked).toBe(6);
    expect((await batch(3)).statusCode).toBe(200);
  });

  it('are counted where they are forbidden too, and never for health and metrics', async () => {
    const api = await start({ budgets: { requestsPerMinute: 1 } });
    const forbidden = async () => {
      const { statusCode: status } = await api.call('GET', `${ROOT}/company/values/K`, { as: 'lister' });
      return { status };
    };
    expect(await statusesOf(11, forbidden)).toEqual([...Array<number>(10).fill(403), 429]);
    for (let time = 0; time < 12; time += 1) {
      expect((await api.call('GET', '/metrics', { as: 'lister' })).statusCode).toBe(200);
      expect((await api.call('GET', '/health/ready', { as: 'lister' })).statusCode).toBe(200);
    }
  });
});

it('what is remembered of callers is bounded in bytes, and what is forgotten is counted', () => {
  const quota = new CallerQuota({
    ...{ perMinute: 1, maxBytes: 10_000, refusal: 'too often' },
    now: () => 0,
    refused: () => undefined,
  });
  for (let index = 0; index < 1_000; index += 1) quota.take(`jwt:issuer:${index}`, { tenant: 'main', namespace: 'a' });
  const { bytes, limitBytes, evictions } = quota.reading;
  expect(bytes).toBeLessThanOrEqual(limitBytes);
  expect(bytes).toBeGreaterThan(limitBytes - 1_000);
  expect(evictions).toBeGreaterThan(1_900);
});

it('one with more at once than the quota waits for a full one, and is not refused for ever', () => {
  let now = 0;
  const quota = new CallerQuota({
    ...{ perMinute: 5, maxBytes: 10_000, refusal: 'too often' },
    now: () => now,
    refused: () => undefined,
  });
  const place = { tenant: 'main', namespace: 'a' };
  quota.take('caller', place, 500);
  expect(() => quota.take('caller', place)).toThrow('too often');
  now = 60_000;
  quota.take('caller', place, 500);
});
