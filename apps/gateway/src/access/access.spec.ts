import type { GivenGrant, Grant, Principal } from '@coffer/access';
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

describe('GET /access', () => {
  const given = (principal: string, namespace: string, more: Partial<GivenGrant> = {}): GivenGrant => ({
    ...{ kind: 'token', principal, within: namespace, origin: `of ${principal}` },
    grant: { tenant: 'main', namespace, permissions: ['resolve'] },
    ...more,
  });
  const all: readonly GivenGrant[] = [
    given('token:root', '*'),
    given('token:company', 'company', { expiresAtMs: 0, cidrs: ['10.0.0.0/8'] }),
    given('user:anna', 'company.team'),
    given('token:below', 'company.team.app'),
    given('token:beside', 'company.teams'),
    given('token:finance', 'finance'),
    given('jwt:forge:*', 'company.{{ group }}', { kind: 'issuer', within: 'company', when: 'group is a*' }),
    given('jwt:any:*', '{{ group }}', { kind: 'issuer', within: '*' }),
    given('token:other', '*', { grant: { tenant: 'other', namespace: '*', permissions: ['admin'] } }),
  ];
  let listing: TestApi;
  beforeAll(async () => {
    listing = await openTestApi({
      authenticator: { givenGrants: () => all, lastUses: () => [['company', 86_400_000]] },
    });
  });
  afterAll(() => listing.app.close());
  const list = async (as: string, query = '') => {
    const answer = await listing.call('GET', `/coffer/v1/main/access?size=100${query}`, { as });
    expect(answer.statusCode).toBe(200);
    return answer.json<{ results: { principal: string }[]; total: number }>();
  };
  const names = async (as: string, query?: string) => (await list(as, query)).results.map(({ principal }) => principal);

  it('shows an administrator of the tenant every grant of it, with where it is written and how it is bounded', async () => {
    const { results, total } = await list('admin');
    expect([results.length, total]).toEqual([8, 8]);
    expect(results[1]).toEqual({
      ...{ kind: 'token', principal: 'token:company', tenant: 'main', namespace: 'company', permissions: ['resolve'] },
      ...{ origin: 'of token:company', expires: '1970-01-01T00:00:00.000Z', cidrs: ['10.0.0.0/8'] },
      lastUsed: '1970-01-02T00:00:00.000Z',
    });
    expect(results[6]).toMatchObject({ kind: 'issuer', namespace: 'company.{{ group }}', when: 'group is a*' });
  });

  it('shows who administers a namespace those that cover it, or lie in it, and no others', async () => {
    const seen = ['token:root', 'token:company', 'user:anna', 'token:below', 'jwt:forge:*', 'jwt:any:*'];
    expect(await names('teamAdmin')).toEqual(seen);
    expect((await listing.call('GET', '/coffer/v1/other/access', { as: 'teamAdmin' })).statusCode).toBe(403);
    expect((await listing.call('GET', '/coffer/v1/main/access', { as: 'reader' })).statusCode).toBe(403);
  });

  it('finds by a part of a name, by a namespace and by a permission, in pages', async () => {
    expect(await names('admin', '&principal=ANNA')).toEqual(['user:anna']);
    expect(await names('admin', '&namespace=finance')).toEqual(['token:root', 'token:finance', 'jwt:any:*']);
    expect(await names('admin', '&permission=write')).toEqual([]);
    const page = await listing.call('GET', '/coffer/v1/main/access?size=3&page=3', { as: 'admin' });
    expect(page.json()).toMatchObject({
      total: 8,
      results: [{ principal: 'jwt:forge:*' }, { principal: 'jwt:any:*' }],
    });
    expect((await listing.call('GET', '/coffer/v1/main/access?namespace=*')).statusCode).toBe(422);
  });

  it('leaves a record', async () => {
    await list('admin');
    expect(listing.audited()).toContainEqual(
      expect.objectContaining({ action: 'access.list', principal: 'token:admin', outcome: 'ok' }),
    );
  });
});
