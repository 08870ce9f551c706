import type { Grant, Principal } from '@coffer/access';
import { CALLERS, openTestApi, type TestApi } from '../fixture/test-api.js';

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

  it('tells of the grants of others none but those that cover the namespace in this tenant', async () => {
    const grant = (tenant: string, namespace: string): Grant => ({ tenant, namespace, permissions: ['resolve'] });
    const grants = [
      grant('other', 'company.team'),
      grant('main', 'finance'),
      grant('main', 'company'),
      grant('main', 'company.team'),
      grant('main', 'company.team.app.part'),
      grant('*', '*'),
      grant('other', '*'),
    ];
    const teamAdmin: Principal = { id: 'token:teamAdmin', grants: CALLERS['teamAdmin'] ?? [] };
    const wide: Principal = { id: 'token:wide', grants };
    const { app, call } = await openTestApi({
      authenticator: {
        known: () => undefined,
        authenticate: async ({ authorization }) => (authorization === 'Bearer wide' ? wide : teamAdmin),
        principalOf: () => wide,
      },
    });
    const shown = async (as: string, whose: object): Promise<[string, string][]> => {
      const answer = await call('POST', '/coffer/v1/main/access/explain', { as, payload: { ...read, ...whose } });
      expect(answer.json()).toMatchObject({ allowed: true, principal: 'token:wide' });
      return answer
        .json<{ grants: Grant[] }>()
        .grants.map((each) => [`${each.tenant}/${each.namespace}`, each.origin ?? '']);
    };
    const covering = [
      ['main/company', 'grants[2]'],
      ['main/company.team', 'grants[3]'],
      ['*/*', 'grants[5]'],
    ];
    try {
      expect(await shown('teamAdmin', { principal: 'token:wide' })).toEqual(covering);
      expect(await shown('teamAdmin', { issuer: 'idp', claims: {} })).toEqual(covering);
      expect(await shown('wide', {})).toHaveLength(grants.length);
      expect(await shown('wide', { principal: 'token:wide' })).toHaveLength(grants.length);
    } finally {
      await app.close();
    }
  });

  it('takes claims up to a length that it names', async () => {
    const asked = (claims: object) => explain('admin', { ...read, issuer: 'absent', claims });
    expect((await asked({ groups: 'x'.repeat(12_288 - '{"groups":""}'.length) })).status).toBe(404);
    for (const groups of ['x'.repeat(12_289 - '{"groups":""}'.length), Array.from({ length: 10_000 }, () => 'a')]) {
      const { status, body } = await asked({ groups });
      expect(status).toBe(422);
      expect(JSON.stringify(body)).toContain('must have at most 12288 characters as JSON');
    }
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const answer = await api.call('POST', '/coffer/v1/main/access/explain', {
      payload: `{"permission":"resolve","namespace":"a","issuer":"absent","claims":{"a":${deep}}}`,
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.statusCode).toBe(422);
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
