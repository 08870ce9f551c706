import { openTestApi, type TestApi } from '../fixture/test-api.js';

let api: TestApi;
beforeEach(async () => {
  api = await openTestApi();
});
afterEach(() => api.app.close());

const url = '/api/v1/main/namespaces/company.team/secrets';

it.each([
  ['PUT', url, { key: 'K', value: 'v' }],
  ['POST', '/api/v1/namespaces/company.team/secrets', { key: 'K', value: 'v' }],
  ['PATCH', `${url}/K`, { description: 'x' }],
  ['DELETE', `${url}/K`, undefined],
] as const)(
  '%s with Prefer: respond-async is 202 and tells where the outcome will be',
  async (method, target, payload) => {
    await api.put('company.team', 'K');
    const answer = await api.call(method, target, {
      headers: { prefer: 'wait=5, Respond-Async' },
      ...(payload ? { payload } : {}),
    });
    const { id } = answer.json();
    expect([answer.statusCode, answer.json()]).toEqual([202, { id, state: 'pending' }]);
    expect(answer.headers).toMatchObject({
      location: `/coffer/v1/main/operations/${id}`,
      'preference-applied': 'respond-async',
    });
    const state = await api.call('GET', answer.headers.location ?? '');
    expect([state.statusCode, state.json(), state.headers['cache-control']]).toEqual([
      200,
      { id, state: 'applied' },
      'no-store',
    ]);
  },
);

it('another preference is ignored', async () => {
  const answer = await api.call('PUT', url, {
    headers: { prefer: 'return=minimal' },
    payload: { key: 'K', value: 'v' },
  });
  expect([answer.statusCode, answer.headers['preference-applied']]).toEqual([200, undefined]);
});

it('the idempotency key, the caller and a well-formed trace context reach the write', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const payload = { key: 'K', value: 'v' };
  await api.call('PUT', url, { as: 'team', headers: { 'idempotency-key': 'key 1~', traceparent }, payload });
  await api.call('PUT', url, { headers: { traceparent: 'nonsense' }, payload });
  expect(api.writes.requests.map(({ options }) => options)).toEqual([
    { principal: 'token:team', idempotencyKey: 'key 1~', traceparent },
    { principal: 'token:root' },
  ]);
});

describe('an operation', () => {
  const get = (id: string, as = 'root') => api.call('GET', `/coffer/v1/main/operations/${id}`, { as });

  it('is pending, applied, or failed with its code', async () => {
    api.writes.operations.set('p', { state: 'pending' });
    api.writes.operations.set('f', { state: 'failed', code: 'too-large' });
    expect((await get('p')).json()).toEqual({ id: 'p', state: 'pending' });
    expect((await get('f')).json()).toEqual({ id: 'f', state: 'failed', code: 'too-large' });
  });

  it('that is unknown and old is 404, and one that cannot be is 422', async () => {
    const old = await get('0198');
    expect([old.statusCode, old.json().code]).toEqual([404, 'operation-expired']);
    expect((await get('a%2Fb')).statusCode).toBe(422);
  });

  it('may be asked by whoever has any permission in the tenant', async () => {
    api.writes.operations.set('p', { state: 'pending' });
    for (const as of ['team', 'reader', 'lister', 'writer']) expect((await get('p', as)).statusCode).toBe(200);
    expect((await get('p', 'nobody')).statusCode).toBe(403);
    expect((await api.call('GET', '/coffer/v1/other/operations/p', { as: 'team' })).statusCode).toBe(403);
  });
});
