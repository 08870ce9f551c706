import { SecretValue } from '@coffer/secrets';
import type { Binding, Credentials, IssuerCredential, RoleCredential } from './credentials.js';
import { administratorsOf } from './first-start-token.js';
import type { Grant } from './principal.js';

const admin: Grant = { tenant: 'main', namespace: '*', permissions: ['list', 'admin'] };
const notAdmin: Grant[] = [
  { tenant: '*', namespace: 'company', permissions: ['admin'] },
  { tenant: '*', namespace: '*', permissions: ['list', 'resolve', 'write', 'delete'] },
];
const credentials = (tokens: Record<string, Grant[]>, users: Record<string, Grant[]>): Credentials => ({
  tokens: Object.entries(tokens).map(([id, grants]) => ({ id, hash: '', grants })),
  users: Object.entries(users).map(([username, grants]) => ({ username, passwordHash: new SecretValue(''), grants })),
});

describe('administratorsOf', () => {
  it('names the tokens and users that administer every namespace of a tenant', () => {
    const given = credentials({ ci: [...notAdmin, admin], app: notAdmin }, { ada: [admin], bob: notAdmin, eve: [] });
    expect(administratorsOf(given)).toEqual(['token:ci', 'user:ada']);
  });

  it('names nobody where nobody does', () => {
    expect(administratorsOf(credentials({ app: notAdmin }, { bob: notAdmin }))).toEqual([]);
  });

  const bindingsOf = (...grants: Grant[]): readonly Binding[] => [
    { when: [], grants: [] },
    { when: [], grants: grants.map((grant) => ({ ...grant, namespace: { text: grant.namespace, parts: [] } })) },
  ];
  const issuer = (id: string, bindings: readonly Binding[]): IssuerCredential => ({
    ...{ id, issuer: '', audience: [], algorithms: [], clockSkewMs: 0, notBefore: 'optional', subjectClaim: 'sub' },
    ...{ keys: { kind: 'file', file: '' }, bindings },
  });
  const role = (id: string, grants: readonly Grant[], secretIds = [{ id: 's', hash: '' }]): RoleCredential => ({
    ...{ id, grants, tokenTtlMs: 1, secretIds },
  });

  it.each<[string, Partial<Credentials>, string[]]>([
    ['issuers', { issuers: [issuer('a', bindingsOf(...notAdmin, admin)), issuer('b', [])] }, ['issuer:a']],
    ['issuers that bind less', { issuers: [issuer('a', bindingsOf(...notAdmin))] }, []],
    [
      'certificates',
      { certificates: [{ id: 'mesh', subjectClaim: 'uri', bindings: bindingsOf(...notAdmin, admin) }] },
      ['certificate:mesh'],
    ],
    ['roles', { roles: [role('a', [...notAdmin, admin]), role('b', notAdmin)] }, ['role:a']],
    ['roles that nobody can log in as', { roles: [role('a', [admin], [])] }, []],
  ])('names %s', (_whom, more, administrators) => {
    expect(administratorsOf({ ...credentials({}, {}), ...more })).toEqual(administrators);
  });
});
