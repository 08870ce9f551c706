import { CofferError } from '@coffer/secrets';
import type { IssuerCredential } from '../credentials.js';
import { IssuerTable } from './issuer-table.js';
import { issuerAt, keyServer, signingKey, type KeyServer } from './jwt.fixture.js';

const NOW_S = 1_800_000_000;
const key = signingKey('first');
const CLAIMS = {
  iss: 'https://id.example.com',
  aud: 'coffer',
  sub: 'alice',
  team: 'pay',
  exp: NOW_S + 600,
  iat: NOW_S,
};

let server: KeyServer;
let nowMs: number;
const clock = { monotonic: () => nowMs, wall: () => nowMs };
beforeEach(async () => {
  server = await keyServer([key]);
  nowMs = NOW_S * 1_000;
});
afterEach(() => server.close());

const login = { clientId: 'client', scopes: ['openid'] };
const issuer = (more: Partial<IssuerCredential> = {}) => issuerAt(server.address, { notBefore: 'optional', ...more });
const open = (...issuers: IssuerCredential[]) => new IssuerTable(issuers, { clock, onKeysRead: () => undefined });
const outcome = async (table: IssuerTable, claims: object) => {
  try {
    const { id, credentialId } = await table.verify(key.sign(claims));
    return credentialId === undefined ? id : `${id} ${credentialId}`;
  } catch (error) {
    return CofferError.is(error) ? error.message : String(error);
  }
};

it.each([{ issuer: 'https://other.example.com' }, { id: 'other' }])(
  'an issuer is there once, unlike with %j',
  (more) => {
    expect(() => open(issuer(), issuer(more))).toThrow(
      expect.objectContaining({ code: 'configuration', details: { issuer: more.id ?? 'idp' } }),
    );
  },
);

describe('a token', () => {
  it.each<[string, object, string]>([
    ['names its subject in 256 characters at most', { sub: 'a'.repeat(256) }, `jwt:idp:${'a'.repeat(256)}`],
    [
      'and in no more',
      { sub: 'a'.repeat(257) },
      'the JWT must name its subject, by the claim sub, in at most 256 characters',
    ],
    ['may have an id', { jti: 'x'.repeat(256) }, `jwt:idp:alice ${'x'.repeat(256)}`],
    ['which is not told where it is longer', { jti: 'x'.repeat(257) }, 'jwt:idp:alice'],
    ['or no text', { jti: 7 }, 'jwt:idp:alice'],
    ['or has a line break', { jti: 'a\nb' }, 'jwt:idp:alice'],
    ['is of an issuer', { iss: 7 }, 'the JWT is of an issuer that is not in the configuration (coffer.access.issuers)'],
  ])('%s', async (_what, more, expected) => {
    expect(await outcome(open(issuer()), { ...CLAIMS, ...more })).toBe(expected);
  });

  it('was not issued in the future, the skew of clocks aside, but where it says from when on it counts', async () => {
    const table = open(issuer({ clockSkewMs: 10_000 }));
    expect(await outcome(table, { ...CLAIMS, iat: NOW_S + 10 })).toBe('jwt:idp:alice');
    expect(await outcome(table, { ...CLAIMS, iat: NOW_S + 11 })).toMatch(/issued in the future$/);
    expect(await outcome(table, { ...CLAIMS, iat: NOW_S + 11, nbf: NOW_S })).toBe('jwt:idp:alice');
  });

  it('counts for as long as the clocks may differ after its end, where it is remembered too', async () => {
    const table = open(issuer({ clockSkewMs: 10_000 }));
    const token = key.sign({ ...CLAIMS, exp: NOW_S + 20 });
    await table.verify(token);
    nowMs += 29_999;
    expect(table.known(token)?.id).toBe('jwt:idp:alice');
    nowMs += 1;
    expect(table.known(token)).toBeUndefined();
  });
});

it('says who somebody with certain claims would be, by an issuer that there is', () => {
  const table = open(issuer());
  expect(table.principalOf('idp', { sub: 'bob', team: 'pay' })).toMatchObject({
    ...{ id: 'jwt:idp:bob', grants: [{ namespace: 'company.pay' }] },
  });
  expect(table.principalOf('idp', {})).toEqual({ id: 'jwt:idp:', grants: [], refusal: 'no-subject' });
  expect(table.principalOf('idp', { sub: 'bob' })).toEqual({ id: 'jwt:idp:bob', grants: [], refusal: 'no-binding' });
  expect(table.principalOf('gone', {})).toBeUndefined();
});

describe('an issuer that people log in by', () => {
  const claims = { sub: 'bob', team: 'pay', other: 'x' };

  it('is told, with the claims that it is asked for', () => {
    const table = open(issuer({ login }), issuer({ id: 'machine', issuer: 'https://m.example.com' }));
    expect(table.loginIssuers.map(({ id, login: { clientId } }) => [id, clientId])).toEqual([['idp', 'client']]);
    expect([table.claimsWanted('idp'), table.claimsWanted('gone')]).toEqual([['sub', 'team'], []]);
  });

  it('begins a session with no more claims than count, and of nobody else', () => {
    const table = open(issuer({ login }), issuer({ id: 'machine', issuer: 'https://m.example.com' }));
    const fingerprint = expect.any(String) as string;
    expect(table.sourceOf('idp', claims)).toEqual({
      ...{ kind: 'issuer', id: 'idp', fingerprint, claims: { sub: 'bob', team: 'pay' } },
    });
    expect(table.sourceOf('idp', { sub: 'bob' })).toBeUndefined();
    expect([table.sourceOf('machine', claims), table.sourceOf('gone', claims)]).toEqual([undefined, undefined]);
  });

  it.each<[string, () => IssuerCredential[], boolean]>([
    ['it is as it was', () => [issuer({ login })], true],
    ['it has another label', () => [issuer({ login: { ...login, label: 'x' } })], true],
    ['it is gone', () => [], false],
    ['nobody logs in by it any more', () => [issuer()], false],
    ['it has another client', () => [issuer({ login: { ...login, clientId: 'other' } })], false],
    ['it is another one', () => [issuer({ login, issuer: 'https://other.example.com' })], false],
    ['it names people by another claim', () => [issuer({ login, subjectClaim: 'email' })], false],
    ['nothing is granted any more', () => [issuer({ login, bindings: [] })], false],
  ])('lets a session go on where %s: %s', (_what, issuers, goesOn) => {
    const source = open(issuer({ login })).sourceOf('idp', claims);
    if (source?.kind !== 'issuer') throw new Error('no session was begun');
    expect(open(...issuers()).resume(source)?.principal.id).toBe(goesOn ? 'jwt:idp:bob' : undefined);
  });
});
