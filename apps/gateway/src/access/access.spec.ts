import { openTestApi, type TestApi } from '../fixture/test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.app.close());

const explain = async (as: string, payload: object) => {
  const { statusCode, ...answer } = await api.call('POST', '/coffer/v1/main/access/explain', { as, payload });
  return { status: statusCode, body: answer.json<Record<string, unknown>>() };
};
const read = { permission: 'resolve', namespace: 'company.team.app' };

describe('GET /whoami', () => {
  it('tells the caller its grants of the tenant', async () => {
    const answer = await api.call('GET', '/coffer/v1/main/whoami', { as: 'reader' });
    expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(answer.json()).toEqual({
      principal: 'token:reader',
      grants: [{ tenant: 'main', namespace: 'company', permissions: ['resolve'], origin: 'grants[0]' }],
    });
    expect((await api.call('GET', '/coffer/v1/other/whoami', { as: 'reader' })).json().grants).toEqual([]);
    expect((await api.call('GET', '/coffer/v1/other/whoami')).json().grants).toHaveLength(1);
    expect((await api.call('GET', '/coffer/v1/main/whoami', { as: 'stranger' })).statusCode).toBe(401);
  });
});

describe('POST /access/explain', () => {
  it('tells anybody which of the own grants allow or deny something', async () => {
    expect(await explain('reader', read)).toEqual({
      status: 200,
      body: {
        allowed: true,
        principal: 'token:reader',
        grants: [
          { tenant: 'main', namespace: 'company', permissions: ['resolve'], origin: 'grants[0]', verdict: 'allows' },
        ],
      },
    });
    const verdict = async (as: string, asked: object) => {
      const { body } = await explain(as, asked);
      return [body['allowed'], (body['grants'] as { verdict: string }[]).map((grant) => grant.verdict)];
    };
    expect(await verdict('reader', { ...read, permission: 'write' })).toEqual([false, ['other-permissions']]);
    expect(await verdict('team', { ...read, namespace: 'company' })).toEqual([false, ['other-namespace']]);
    expect(await verdict('nobody', read)).toEqual([false, []]);
    const other = await api.call('POST', '/coffer/v1/other/access/explain', { as: 'reader', payload: read });
    expect(other.json()).toMatchObject({ allowed: false, grants: [{ verdict: 'other-tenant' }] });
    expect((await explain('reader', { ...read, principal: 'token:reader' })).status).toBe(200);
  });

  it('tells about others who administers the namespace, and nobody else whether they exist', async () => {
    const asked = { ...read, principal: 'token:reader' };
    for (const as of ['admin', 'teamAdmin', 'root']) {
      expect(await explain(as, asked)).toMatchObject({
        status: 200,
        body: { allowed: true, principal: 'token:reader' },
      });
    }
    for (const as of ['team', 'nobody', 'lister']) {
      const existing = await explain(as, asked);
      const absent = await explain(as, { ...asked, principal: 'token:absent' });
      expect([existing.status, absent.status]).toEqual([403, 403]);
      expect(existing.body['detail']).toEqual(absent.body['detail']);
    }
    expect((await explain('teamAdmin', { ...asked, namespace: 'company' })).status).toBe(403);
    expect((await explain('admin', { ...asked, principal: 'token:absent' })).status).toBe(404);
    expect((await explain('admin', { ...read, issuer: 'absent', claims: {} })).status).toBe(404);
    expect((await explain('team', { ...read, issuer: 'absent', claims: {} })).status).toBe(403);
  });

  it.each<[string, object]>([
    ['no namespace', { permission: 'resolve' }],
    ['a namespace that is none', { ...read, namespace: '*' }],
    ['a permission that is none', { ...read, permission: 'all' }],
    ['an issuer without claims', { ...read, issuer: 'a' }],
    ['claims without an issuer', { ...read, claims: {} }],
    ['both', { ...read, issuer: 'a', claims: {}, principal: 'token:x' }],
    ['something else', { ...read, canary: 1 }],
  ])('refuses %s', async (_what, payload) => {
    expect((await explain('root', payload)).status).toBe(422);
  });
});
