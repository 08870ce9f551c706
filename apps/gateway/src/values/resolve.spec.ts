import { openTestApi, type TestApi } from '../fixture/test-api.js';

interface Item {
  readonly value?: string;
  readonly error?: { readonly code: string };
}

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
  await api.put('company', 'A', { value: 'parent' });
  await api.put('company.team', 'A', { value: 'child' });
  await api.put('company', 'B');
  await api.put('company.team', 'DB', { value: '{"user":"u","port":5432}' });
  await api.put('other', 'O');
});
afterAll(() => api.app.close());

const get = (namespace: string, key: string, query = '', as = 'root') =>
  api.call('GET', `/coffer/v1/main/namespaces/${namespace}/values/${key}${query}`, { as });
const batch = (namespace: string, keys: object[], as = 'root') =>
  api.call('POST', `/coffer/v1/main/namespaces/${namespace}/resolve`, { payload: { keys }, as });

it('answers the value, where it was found and a version, and forbids to store it', async () => {
  const answer = await get('company.team', 'A');
  expect(answer.json()).toEqual({ key: 'A', namespace: 'company.team', value: 'child', version: expect.any(String) });
  expect(answer.headers).toMatchObject({
    'cache-control': 'no-store',
    'cache-status': 'coffer; fwd=bypass; detail=store',
  });
});

it('another write is another version', async () => {
  await api.put('company.team', 'V', { value: '1' });
  const { version } = (await get('company.team', 'V')).json();
  expect((await get('company.team', 'V')).json().version).toBe(version);
  await api.put('company.team', 'V', { value: '1' });
  expect((await get('company.team', 'V')).json().version).not.toBe(version);
});

it('inherits unless told not to', async () => {
  expect((await get('company.team.app', 'B')).json()).toMatchObject({ namespace: 'company', value: 'value of B' });
  expect((await get('company.team.app', 'B', '?inherit=true&refresh=true&subkey=')).statusCode).toBe(200);
  const alone = await get('company.team', 'B', '?inherit=false');
  expect([alone.statusCode, alone.json().detail]).toEqual([404, "there is no secret 'B' in company.team"]);
  expect((await get('company.team', 'NONE')).json().detail).toBe("there is no secret 'NONE' in company.team, company");
});

it('reads a subkey', async () => {
  expect((await get('company.team', 'DB', '?subkey=port')).json()).toMatchObject({ key: 'DB', value: '5432' });
  const text = await get('company.team', 'A', '?subkey=x');
  expect([text.statusCode, text.body.includes('child')]).toEqual([422, false]);
});

it('a batch is answered in order, each with its value or its own error', async () => {
  const answer = await batch('company.team', [
    { key: 'A' },
    { key: 'NONE' },
    { key: 'DB', subkey: 'user' },
    { key: 'B', namespace: 'company', subkey: null },
    { key: 'bad\nkey' },
    { key: 'A', namespace: 'Bad' },
    { key: 'A', subkey: 'x' },
    { key: 'A' },
  ]);
  expect(answer.statusCode).toBe(200);
  expect(answer.headers).toMatchObject({
    'cache-control': 'no-store',
    'cache-status': 'coffer; fwd=bypass; detail=store',
  });
  const shown = answer.json<Item[]>().map(({ value, error }) => value ?? error?.code);
  expect(shown).toEqual(['child', 'not-found', 'u', 'value of B', 'invalid', 'invalid', 'invalid', 'child']);
});

it('a batch takes 500 keys', async () => {
  const answer = await batch(
    'company',
    Array.from({ length: 500 }, (_, i) => ({ key: i % 2 === 0 ? 'A' : `K${i}` })),
  );
  const items = answer.json<{ key: string; value?: string }[]>();
  expect(items).toHaveLength(500);
  expect(
    items.every(({ key, value }, i) => (i % 2 === 0 ? value === 'parent' : key === `K${i}` && value === undefined)),
  ).toBe(true);
});

describe('permissions', () => {
  it('a forbidden secret looks the same whether it exists or not', async () => {
    const [there, absent] = [await get('other', 'O', '', 'team'), await get('other', 'NONE', '', 'team')];
    const shape = (answer: typeof there) => ({ ...answer.json<object>(), instance: '' });
    expect(there.statusCode).toBe(403);
    expect(shape(there)).toEqual(shape(absent));
    const items = (
      await batch(
        'company.team',
        [
          { key: 'O', namespace: 'other' },
          { key: 'NONE', namespace: 'other' },
        ],
        'team',
      )
    ).json<Item[]>();
    expect(items.map(({ error }) => error?.code)).toEqual(['forbidden', 'forbidden']);
    expect(items[0]?.error).toEqual(items[1]?.error);
  });

  it('a parent is asked only where the caller may resolve there', async () => {
    const answer = await get('company.team', 'B', '', 'team');
    expect([answer.statusCode, answer.json().detail]).toEqual([404, "there is no secret 'B' in company.team"]);
    expect((await get('company.team', 'B', '', 'reader')).statusCode).toBe(200);
  });

  it('to list or to write are none to resolve', async () => {
    expect((await get('company', 'A', '', 'lister')).statusCode).toBe(403);
    expect((await get('company', 'A', '', 'writer')).statusCode).toBe(403);
    expect((await batch('company', [{ key: 'A' }], 'lister')).statusCode).toBe(403);
  });

  it('to resolve is none to list, to write or to delete; to write is none to delete', async () => {
    const url = '/api/v1/main/namespaces/company/secrets';
    expect((await api.call('GET', url, { as: 'reader' })).statusCode).toBe(403);
    expect((await api.call('PUT', url, { as: 'reader', payload: { key: 'X', value: 'x' } })).statusCode).toBe(403);
    expect((await api.call('PATCH', `${url}/A`, { as: 'reader', payload: {} })).statusCode).toBe(403);
    expect((await api.call('DELETE', `${url}/A`, { as: 'writer' })).statusCode).toBe(403);
    expect((await api.call('PUT', url, { as: 'writer', payload: { key: 'X', value: 'x' } })).statusCode).toBe(200);
  });

  it('end at the tenant', async () => {
    expect((await api.call('GET', '/coffer/v1/other/namespaces/company/values/A', { as: 'reader' })).statusCode).toBe(
      403,
    );
  });
});
