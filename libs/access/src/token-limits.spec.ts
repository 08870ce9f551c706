import { randomBytes } from 'node:crypto';
import { KeyRing } from '@coffer/crypto';
import { CofferError, SecretValue, type Clock } from '@coffer/secrets';
import { createAccessToken } from './access-token.js';
import { Authenticator } from './authenticator.js';
import type { TokenCredential } from './credentials.js';
import { hashAccessToken } from './token-hash.js';

let ring: KeyRing;
let wall = 1_000_000;
const clock: Clock = { monotonic: () => wall, wall: () => wall };
const token = createAccessToken();
const authorization = `Bearer ${token.reveal()}`;
beforeAll(async () => {
  ring = await KeyRing.derive([{ id: 'k', secret: new SecretValue(randomBytes(32).toString('base64')), active: true }]);
});
beforeEach(() => {
  wall = 1_000_000;
});

const credential = (more: Partial<TokenCredential> = {}): TokenCredential => ({
  id: 'ci',
  hash: hashAccessToken(ring, token),
  grants: [{ tenant: 'main', namespace: 'company', permissions: ['resolve'] }],
  ...more,
});
const open = (more: Partial<TokenCredential> = {}): Authenticator =>
  new Authenticator(
    ring,
    { tokens: [credential(more)], users: [] },
    { clock, trustedProxies: ['10.0.0.1'], throttle: { failures: 1_000, windowMs: 60_000 } },
  );
const login = async (to: Authenticator, address = '192.0.2.1', forwardedFor?: string): Promise<string> => {
  try {
    const attempt = { authorization, address, ...(forwardedFor === undefined ? {} : { forwardedFor }) };
    return (await to.authenticate(attempt)).id;
  } catch (error) {
    if (!CofferError.is(error)) throw error;
    return `${error.code}: ${error.message}`;
  }
};

describe('an access token that ends', () => {
  it('counts until that moment, where it is remembered too', async () => {
    const to = open({ expiresAtMs: 1_000_500 });
    expect(await login(to)).toBe('token:ci');
    wall = 1_000_499;
    const connection = {};
    expect([to.known(authorization, connection)?.id, await login(to)]).toEqual(['token:ci', 'token:ci']);
    expect(to.known(authorization, connection)?.id).toBe('token:ci');
    wall = 1_000_500;
    expect([to.known(authorization), to.known(authorization, connection)]).toEqual([undefined, undefined]);
    expect(await login(to)).toBe('unauthorized: the access token has expired; ask for a new one');
  });
});

describe('an access token that is bound to addresses', () => {
  it('counts from those alone, as trusted proxies tell them, and is asked about every time', async () => {
    const to = open({ cidrs: ['192.0.2.0/24', '2001:db8::/32'] });
    for (const address of ['192.0.2.7', '::ffff:192.0.2.7', '2001:db8::1'])
      expect(await login(to, address)).toBe('token:ci');
    expect(to.known(authorization)).toBeUndefined();
    for (const address of ['198.51.100.1', '2001:db9::1', '', 'canary', '10.0.0.1']) {
      expect(await login(to, address)).toBe('unauthorized: the access token does not count from this address (cidrs)');
    }
    expect(await login(to, '10.0.0.1', '192.0.2.7')).toBe('token:ci');
    expect(await login(to, '10.0.0.1', '192.0.2.7, 198.51.100.1')).toContain('unauthorized');
    expect(await login(to, '198.51.100.1', '192.0.2.7')).toContain('unauthorized');
  });
});

describe('the last use of a token', () => {
  it('is told by id, of remembered uses too, and outlives a change of the configuration but not of the token', async () => {
    const to = open();
    expect(to.lastUses()).toEqual([]);
    await login(to);
    wall += 5_000;
    to.known(authorization);
    expect(to.lastUses()).toEqual([['ci', 1_005_000]]);
    to.replace({ tokens: [credential({ expiresAtMs: 2_000_000 })], users: [] });
    expect(to.lastUses()).toEqual([['ci', 1_005_000]]);
    to.replace({ tokens: [credential({ hash: hashAccessToken(ring, createAccessToken()) })], users: [] });
    expect(to.lastUses()).toEqual([]);
  });

  it('is not what somebody else did who was refused', async () => {
    const to = open({ expiresAtMs: 1 });
    await login(to);
    expect(to.lastUses()).toEqual([]);
  });
});

describe('somebody of the configuration', () => {
  it('is found by name', () => {
    const to = open();
    expect(to.principalOf({ id: 'token:ci' })?.grants).toHaveLength(1);
    for (const id of ['token:other', 'user:ci', 'ci', '', 'jwt:x:y']) expect(to.principalOf({ id })).toBeUndefined();
    expect(to.principalOf({ issuer: 'none', claims: {} })).toBeUndefined();
  });
});
