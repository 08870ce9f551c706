import { KeyRing } from '@coffer/crypto';
import { SecretValue } from '@coffer/secrets';
import { createAccessToken } from './access-token.js';
import type { Asked } from './access-tables.js';
import { Authenticator } from './authenticator.js';
import type { Binding } from './credentials.js';
import { issuerAt } from './jwt/jwt.fixture.js';
import { hashAccessToken } from './token-hash.js';

const grants = [{ tenant: 'main', namespace: 'company', permissions: ['list'] }] as const;
const binding: Binding = {
  when: [],
  grants: [{ tenant: 'main', namespace: { text: 'mesh', parts: ['mesh'] }, permissions: ['list'] }],
};

let authenticator: Authenticator;
beforeAll(async () => {
  const secret = new SecretValue(Buffer.alloc(32, 7).toString('base64'));
  const ring = await KeyRing.derive([{ id: 'k', secret, active: true }]);
  const hash = hashAccessToken(ring, createAccessToken());
  const salted = `${'A'.repeat(22)}$${'A'.repeat(43)}`;
  authenticator = new Authenticator(ring, {
    tokens: [{ id: 'one', hash, grants }],
    users: [{ username: 'one', passwordHash: new SecretValue(`$scrypt$ln=14,r=8,p=1$${salted}`), grants }],
    roles: [{ id: 'one', grants, tokenTtlMs: 1, secretIds: [{ id: 's', hash }] }],
    issuers: [issuerAt('http://127.0.0.1:1/jwks')],
    certificates: [{ id: 'mesh', subjectClaim: 'uri', bindings: [binding] }],
  });
});

it.each<[Asked, string | undefined]>([
  [{ id: 'token:one' }, 'token:one'],
  [{ id: 'user:one' }, 'user:one'],
  [{ id: 'role:one' }, 'role:one'],
  [{ id: 'token:two' }, undefined],
  [{ id: 'other:one' }, undefined],
  [{ id: 'one' }, undefined],
  [{ id: 'a token:one' }, undefined],
  [{ id: 'token:one\ntwo' }, undefined],
  [{ issuer: 'idp', claims: { sub: 'ann', team: 'pay' } }, 'jwt:idp:ann'],
  [{ issuer: 'mesh', claims: { uri: 'spiffe://a' } }, 'certificate:mesh:spiffe://a'],
  [{ issuer: 'one', claims: { sub: 'ann' } }, undefined],
])('of %j it is known who that is: %s', (asked, id) => {
  expect(authenticator.principalOf(asked)?.id).toBe(id);
});
