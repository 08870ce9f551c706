import type { Credentials } from './credentials.js';
import { givenGrantsOf } from './given-grants.js';

const grant = { tenant: 'main', namespace: 'company', permissions: ['resolve'] } as const;
const template = (text: string, ...parts: readonly unknown[]) =>
  ({ tenant: 'main', permissions: ['resolve'], namespace: { text, parts } }) as never;
const claim = { claim: 'repository', filter: 'path' };
const binding = (...grants: never[]) => ({
  when: [
    { claim: 'ref', patterns: ['main', 'v*'] },
    { claim: 'org', patterns: ['acme'] },
  ],
  grants,
});
const secret = { reveal: () => '' } as never;

const CREDENTIALS = {
  tokens: [
    { id: 'first-start', hash: 'h', grants: [grant], origin: 'the data folder' },
    { id: 'ci', hash: 'h', grants: [grant, { ...grant, namespace: '*' }], expiresAtMs: 5, cidrs: ['10.0.0.0/8'] },
  ],
  users: [{ username: 'anna', passwordHash: secret, grants: [grant] }],
  roles: [{ id: 'deploy', grants: [grant], tokenTtlMs: 1, secretIds: [] }],
  issuers: [{ id: 'forge', bindings: [binding(template('ci.{{claims.repository | path}}', 'ci.', claim))] } as never],
  certificates: [{ id: 'mesh', subjectClaim: 'uri', bindings: [binding(template('x', 'x'))] }],
  breakGlass: [
    { id: 'a', to: 'user:anna', reason: 'r', grants: [grant], expiresAtMs: 100 },
    { id: 'b', to: 'user:anna', reason: 'r', grants: [grant], expiresAtMs: 101 },
  ],
} satisfies Credentials;

it('names each grant, whom it is given to, and where it is written', () => {
  const shown = givenGrantsOf(CREDENTIALS, 100).map(({ principal, grant: { namespace }, origin }) => [
    ...[principal, namespace, origin],
  ]);
  expect(shown).toEqual([
    ['token:first-start', 'company', 'the data folder'],
    ['token:ci', 'company', 'coffer.access.tokens[0].grants[0]'],
    ['token:ci', '*', 'coffer.access.tokens[0].grants[1]'],
    ['user:anna', 'company', 'coffer.access.users[0].grants[0]'],
    ['role:deploy', 'company', 'coffer.access.roles[0].grants[0]'],
    ['jwt:forge:*', 'ci.{{claims.repository | path}}', 'coffer.access.issuers[0].bindings[0].grants[0]'],
    ['certificate:mesh:*', 'x', 'coffer.access.certificates[0].bindings[0].grants[0]'],
    ['user:anna', 'company', 'coffer.access.breakGlass[1].grants[0]'],
  ]);
});

it('says until when and from where a token counts, and for which claims a binding does', () => {
  const [, token, , , , issuer] = givenGrantsOf(CREDENTIALS, 100);
  expect(token).toMatchObject({ kind: 'token', expiresAtMs: 5, cidrs: ['10.0.0.0/8'], within: 'company' });
  expect(issuer).toMatchObject({ kind: 'issuer', when: 'ref is main or v* and org is acme', within: 'ci' });
});

it.each([
  ['{{ a }}', [claim], '*'],
  ['ci{{ a }}', ['ci', claim], '*'],
  ['company.ci-{{ a }}.x', ['company.ci-', claim, '.x'], 'company'],
  ['a.b.{{ a }}', ['a.b.', claim], 'a.b'],
])('of the namespace %s with claims it knows what it is within', (text, parts, within) => {
  const issuers = [{ id: 'forge', bindings: [binding(template(text, ...parts))] } as never];
  expect(givenGrantsOf({ tokens: [], users: [], issuers }, 0).map((given) => given.within)).toEqual([within]);
});
