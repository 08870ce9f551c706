import { openTestApi, type TestApi } from '../fixture/test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi({ budgets: { refreshesPerMinute: 3, sortKeys: 3 } });
  await api.put('company.team', 'K');
});
afterAll(() => api.app.close());

const figures = async (): Promise<string> => (await api.call('GET', '/metrics')).body;

it('refresh=true has a budget for each caller and namespace', async () => {
  const read = (as: string, namespace = 'company.team') =>
    api.call('GET', `/coffer/v1/main/namespaces/${namespace}/values/K?refresh=true`, { as });
  for (let time = 0; time < 3; time += 1) expect((await read('root')).statusCode).toBe(200);
  const refused = await read('root');
  expect([refused.statusCode, refused.json().code]).toEqual([429, 'rate-limited']);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  expect(refused.json().detail).toContain('3 times a minute');
  expect((await read('team')).statusCode).toBe(200);
  expect((await api.call('GET', '/coffer/v1/main/namespaces/company.team/values/K')).statusCode).toBe(200);
  expect(await figures()).toContain('coffer_budget_refusals_total{budget="refreshes"} 1');
});

it('a list is sorted by so many keys at most', async () => {
  const sorted = (sort: string) => api.call('GET', `/api/v1/main/secrets?sort=${sort}`);
  expect((await sorted('key,key:desc,namespace')).statusCode).toBe(200);
  const refused = await sorted(Array.from({ length: 2_000 }, () => 'key').join(','));
  expect([refused.statusCode, refused.json().code]).toEqual([422, 'invalid']);
  expect(refused.json().message).toContain('at most 3 keys are taken (coffer.limits.sortKeys)');
  expect(await figures()).toContain('coffer_budget_refusals_total{budget="sort-keys"} 1');
});
