import { openTestApi, type TestApi } from '../fixture/test-api.js';

let api: TestApi;
beforeEach(async () => {
  api = await openTestApi();
});
afterEach(() => api.app.close());

const at = (key = '') => `/api/v1/main/namespaces/company.team/secrets${key === '' ? '' : `/${key}`}`;
const valueOf = async (key: string) =>
  (await api.call('GET', `/coffer/v1/main/namespaces/company.team/values/${key}`)).json().value as unknown;

describe.each(['PUT', 'POST'] as const)('%s', (method) => {
  it('creates and replaces, metadata included, and answers a list without the value', async () => {
    const full = {
      namespace: 'company.team',
      key: 'K',
      value: 'one',
      description: 'first',
      tags: [
        { key: 'b', value: '2' },
        { key: 'a', value: '' },
      ],
    };
    const created = await api.call(method, at(), { payload: full });
    expect([created.statusCode, created.json()]).toEqual([
      200,
      [
        {
          key: 'K',
          namespace: 'company.team',
          description: 'first',
          tags: [
            { key: 'a', value: '' },
            { key: 'b', value: '2' },
          ],
        },
      ],
    ]);
    const replaced = await api.call(method, at(), {
      payload: { value: 'two', key: 'K', description: null, tags: null },
    });
    expect(replaced.json()).toEqual([{ key: 'K', namespace: 'company.team', tags: [] }]);
    expect(await valueOf('K')).toBe('two');
  });

  it('takes the tenant-less root as main', async () => {
    await api.call(method, '/api/v1/namespaces/company.team/secrets', { payload: { key: 'K', value: 'v' } });
    expect(await valueOf('K')).toBe('v');
  });

  it.each([
    ['ASCII-escaped', '{"key":"K","value":"\\u00e4\\ud83d\\ude00"}', 'ä😀'],
    ['HTML-escaped', '{"key":"K","value":"\\u003cb\\u003e\\u0026"}', '<b>&'],
    ['in UTF-8', '{"value":"ä😀\\nline","key":"K"}', 'ä😀\nline'],
    ['with a byte order mark', '\ufeff{"value":"v","key":"K"}', 'v'],
    ['with NUL in the value', '{"value":"a\\u0000b","key":"K"}', 'a\u0000b'],
  ])('takes JSON %s', async (_how, payload, value) => {
    const headers = { 'content-type': 'application/json; charset=UTF-8' };
    expect((await api.call(method, at(), { headers, payload })).statusCode).toBe(200);
    expect(await valueOf('K')).toBe(value);
  });

  it('takes a value of 512 KiB that is escaped six-fold', async () => {
    const payload = `{"key":"K","value":"${'\\u0061'.repeat(524_288)}"}`;
    const answer = await api.call(method, at(), { headers: { 'content-type': 'application/json' }, payload });
    expect(answer.statusCode).toBe(200);
    expect(await valueOf('K')).toHaveLength(524_288);
  });
});

describe('PATCH', () => {
  const patch = async (payload: object, key = 'K') => api.call('PATCH', at(key), { payload });
  const row = { key: 'K', namespace: 'company.team', description: 'first', tags: [{ key: 'a', value: '1' }] };
  beforeEach(() => api.put('company.team', 'K', { description: 'first', tags: [{ key: 'a', value: '1' }] }));

  it('changes what is given, keeps what is absent or null, and leaves the value alone', async () => {
    expect((await patch({})).json()).toEqual([row]);
    expect((await patch({ key: null, tags: null, description: null })).json()).toEqual([row]);
    expect((await patch({ key: 'K', description: 'second' })).json()).toEqual([{ ...row, description: 'second' }]);
    expect((await patch({ tags: [{ key: 'b', value: '2' }] })).json()).toEqual([
      { ...row, description: 'second', tags: [{ key: 'b', value: '2' }] },
    ]);
    expect(await valueOf('K')).toBe('value of K');
  });

  it('clears with an empty list and an empty text', async () => {
    expect((await patch({ tags: [] })).json()).toEqual([{ ...row, tags: [] }]);
    expect((await patch({ description: '' })).json()).toEqual([{ key: 'K', namespace: 'company.team', tags: [] }]);
  });

  it('of an absent secret is 404', async () => {
    const answer = await patch({ description: 'x' }, 'ABSENT');
    expect([answer.statusCode, answer.json()]).toEqual([
      404,
      expect.objectContaining({ code: 'not-found', message: expect.stringMatching(/^Not Found: /) }),
    ]);
  });

  it('refuses another key or namespace than the path’s, a value, and no body', async () => {
    expect((await patch({ key: 'OTHER' })).statusCode).toBe(422);
    expect((await patch({ namespace: 'other' })).statusCode).toBe(422);
    const withValue = await patch({ value: 'hunter2' });
    expect([withValue.statusCode, withValue.json().detail]).toEqual([422, expect.stringContaining("'value'")]);
    expect(withValue.body).not.toContain('hunter2');
    expect((await api.call('PATCH', at('K'))).statusCode).toBe(422);
  });
});

describe('DELETE', () => {
  it.each([
    ['bare', {}],
    ['with a content type and no body', { 'content-type': 'application/json' }],
    ['with Content-Length: 0', { 'content-length': '0' }],
    ['with both', { 'content-type': 'application/json; charset=UTF-8', 'content-length': '0' }],
  ])('%s is 204, twice', async (_how, headers) => {
    await api.put('company.team', 'K');
    for (let time = 0; time < 2; time += 1) {
      const answer = await api.call('DELETE', at('K'), { headers });
      expect([answer.statusCode, answer.body]).toEqual([204, '']);
    }
    expect((await api.call('GET', '/coffer/v1/main/namespaces/company.team/values/K')).statusCode).toBe(404);
  });

  it('takes the rest of the path as the key', async () => {
    await api.put('company.team', 'a/b c%d');
    await api.put('company.team', 'a');
    expect((await api.call('DELETE', at('a/b%20c%25d'))).statusCode).toBe(204);
    const { results } = (await api.call('GET', at())).json<{ results: { key: string }[] }>();
    expect(results.map(({ key }) => key)).toEqual(['a']);
  });
});

it('twenty writes in flight at once are all answered', async () => {
  const keys = Array.from({ length: 20 }, (_, i) => `K${i}`);
  await Promise.all(keys.map((key) => api.put('company.team', key)));
  expect((await api.call('GET', at())).json().total).toBe(20);
});
