import { CofferError } from '@coffer/secrets';
import { openTestApi, type TestApi } from '../fixture/test-api.js';

interface Comparison {
  readonly namespaces: readonly string[];
  readonly keys: readonly { readonly key: string; readonly verdict: string; readonly cells: readonly object[] }[];
  readonly total: number;
  readonly next?: string;
}

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
  await api.put('company', 'PARENT', { value: 'same' });
  for (const [namespace, key, value] of [
    ['company.dev', 'BOTH', 'equal value'],
    ['company.prod', 'BOTH', 'equal value'],
    ['company.dev', 'DIFFERENT', 'of dev'],
    ['company.prod', 'DIFFERENT', 'of prod'],
    ['company.dev', 'ONLY_DEV', 'v'],
    ['company.prod', 'PARENT', 'same'],
    ['foreign', 'BOTH', 'equal value'],
  ] as const) {
    await api.put(namespace, key, { value });
  }
});
afterAll(() => api.app.close());

const ask = (query: string, as = 'root') => api.call('GET', `/coffer/v1/main/compare?${query}`, { as });
const compare = async (query: string): Promise<Comparison> => (await ask(query)).json<Comparison>();

it('says which keys are alike, and reveals nothing', async () => {
  const answer = await ask('a=company.dev&b=company.prod');
  const { keys, ...rest } = answer.json<Comparison>();
  expect(rest).toEqual({ namespaces: ['company.dev', 'company.prod'], total: 4 });
  expect(keys.map(({ key, verdict }) => [key, verdict])).toEqual([
    ['BOTH', 'same'],
    ['DIFFERENT', 'different'],
    ['ONLY_DEV', 'missing'],
    ['PARENT', 'same'],
  ]);
  const version = expect.any(String) as string;
  expect(keys[1]?.cells).toEqual([
    { state: 'here', version, group: 0 },
    { state: 'here', version, group: 1 },
  ]);
  expect(keys[2]?.cells).toEqual([{ state: 'here', version, group: 0 }, { state: 'missing' }]);
  expect(keys[3]?.cells).toEqual([
    { state: 'inherited', from: 'company', version, group: 0 },
    { state: 'here', version, group: 0 },
  ]);
  expect(answer.body).not.toMatch(/equal value|of dev|of prod/);
});

it('compares three, searches keys, and comes in pages', async () => {
  const three = await compare('a=company.dev&b=company.prod&c=foreign&q=both');
  expect(three.keys.map(({ key, verdict, cells }) => [key, verdict, cells.length])).toEqual([['BOTH', 'same', 3]]);
  const keys: string[] = [];
  for (let cursor = ''; ;) {
    const page = await compare(`a=company.dev&b=company.prod&limit=3${cursor}`);
    expect(page.total).toBe(4);
    keys.push(...page.keys.map(({ key }) => key));
    if (page.next === undefined) break;
    cursor = `&cursor=${page.next}`;
  }
  expect(keys).toEqual(['BOTH', 'DIFFERENT', 'ONLY_DEV', 'PARENT']);
  expect(await compare('a=none.a&b=none.b')).toEqual({ namespaces: ['none.a', 'none.b'], keys: [], total: 0 });
});

it('has a record of every secret that was read, without the hash of its value', async () => {
  const before = api.audited().length;
  await ask('a=company.dev&b=company.prod&q=PARENT');
  const records = api.audited().slice(before);
  expect(records.map(({ action, namespace, key, outcome }) => [action, namespace, key, outcome])).toEqual([
    ['secret.compare', 'company', 'PARENT', 'ok'],
    ['secret.compare', 'company.prod', 'PARENT', 'ok'],
  ]);
  expect(records[0]).not.toHaveProperty('hmac');
});

it('needs list and resolve in each namespace, and sees no level without them', async () => {
  expect((await ask('a=company.team&b=company.team.app', 'team')).statusCode).toBe(200);
  for (const [query, as] of [
    ['a=company.team&b=company', 'team'],
    ['a=company.dev&b=company.prod', 'reader'],
    ['a=company.dev&b=company.prod', 'lister'],
  ] as const) {
    expect([query, as, (await ask(query, as)).json().code]).toEqual([query, as, 'forbidden']);
  }
  await api.put('company.team', 'OWN');
  const { keys } = (await ask('a=company.team&b=company.team.app', 'team')).json<Comparison>();
  expect(keys.map(({ key }) => key)).toEqual(['OWN']);
});

it('refuses a namespace twice, or one that is none', async () => {
  for (const query of ['a=company&b=company', 'a=company', 'a=Company&b=b', 'a=a&b=b&limit=501']) {
    expect([query, (await ask(query)).statusCode]).toEqual([query, 422]);
  }
});

it('a secret that cannot be read is told, and what is not read in time', async () => {
  const failing = await openTestApi({
    backend: api.backend,
    reads: {
      cached: () => undefined,
      resolve: () => Promise.reject(new CofferError('unavailable', 'the store does not answer')),
    },
  });
  const late = await openTestApi({ backend: api.backend, budgets: { batchTime: -1 } });
  for (const [other, code] of [
    [failing, 'unavailable'],
    [late, 'timeout'],
  ] as const) {
    const answer = await other.call('GET', '/coffer/v1/main/compare?a=company.dev&b=company.prod&q=BOTH');
    const failed = { state: 'failed', code };
    expect(answer.json<Comparison>().keys).toEqual([{ key: 'BOTH', verdict: 'unknown', cells: [failed, failed] }]);
    await other.app.close();
  }
});
