import { randomBytes, scryptSync } from 'node:crypto';
import { KeyRing, type KeySource } from '@coffer/crypto';
import { CofferError, SecretValue, type Clock } from '@coffer/secrets';
import { createAccessToken } from './access-token.js';
import { Authenticator } from './authenticator.js';
import type { Credentials, TokenCredential, UserCredential } from './credentials.js';
import type { Grant } from './principal.js';
import { hashAccessToken } from './token-hash.js';

// Scrypt takes seconds on a busy machine.
jest.setTimeout(180_000);

const GRANTS: Grant[] = [{ tenant: 'main', namespace: 'company', permissions: ['list', 'resolve'] }];
const HOME = '192.0.2.1';

const keySource = (id: string, active: boolean, bytes: Uint8Array = randomBytes(32)): KeySource => ({
  id,
  secret: new SecretValue(Buffer.from(bytes).toString('base64')),
  active,
});
const unpadded = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
const bearer = (token: SecretValue): string => `Bearer ${token.reveal()}`;
const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** As hashPassword makes it, with the least work that is accepted. */
const user = (username: string, password: string): UserCredential => {
  const salt = randomBytes(16);
  const hash = scryptSync(password, salt, 32, { N: 2 ** 14, r: 8, p: 1 });
  const text = `$scrypt$ln=14,r=8,p=1$${unpadded(salt)}$${unpadded(hash)}`;
  return { username, passwordHash: new SecretValue(text), grants: GRANTS };
};

/** The code of the refusal, or the principal's id. */
const outcome = async (login: Promise<{ id: string }>): Promise<string> => {
  try {
    return (await login).id;
  } catch (error) {
    if (!CofferError.is(error)) throw error;
    return error.code;
  }
};

describe('Authenticator', () => {
  let ring: KeyRing;
  let now: number;
  const clock: Clock = { monotonic: () => now, wall: () => 0 };
  const token = createAccessToken();
  const credential = (id: string, of: SecretValue): TokenCredential => ({
    id,
    hash: hashAccessToken(ring, of),
    grants: GRANTS,
  });
  const authenticator = (credentials: Partial<Credentials>): Authenticator =>
    new Authenticator(ring, { tokens: [], users: [], ...credentials }, { clock });
  const login = (to: Authenticator, authorization: string | undefined, address = HOME): Promise<string> =>
    outcome(to.authenticate({ ...(authorization === undefined ? {} : { authorization }), address }));

  beforeAll(async () => {
    ring = await KeyRing.derive([keySource('root', true)]);
  });
  beforeEach(() => {
    now = 1_000;
  });

  describe('tokens', () => {
    it('finds the token of each of 1,000', async () => {
      const tokens = Array.from({ length: 1000 }, () => createAccessToken());
      const auth = authenticator({ tokens: tokens.map((each, index) => credential(`t${index}`, each)) });
      for (const [index, each] of tokens.entries()) expect(await login(auth, bearer(each))).toBe(`token:t${index}`);
      expect(await auth.authenticate({ authorization: bearer(tokens[0] as SecretValue), address: HOME })).toEqual({
        id: 'token:t0',
        grants: GRANTS,
      });
    });

    it('makes the keyed hash of a token once for one set of credentials', async () => {
      const keyed = jest.spyOn(ring, 'hmacWith');
      try {
        const tokens = [credential('ci', token)];
        const auth = authenticator({ tokens });
        for (let time = 0; time < 3; time += 1) expect(await login(auth, bearer(token))).toBe('token:ci');
        expect(keyed).toHaveBeenCalledTimes(1);
        for (let time = 0; time < 2; time += 1)
          expect(await login(auth, bearer(createAccessToken()))).toBe('unauthorized');
        expect(keyed).toHaveBeenCalledTimes(3);
        auth.replace({ tokens, users: [] });
        expect(await login(auth, bearer(token))).toBe('token:ci');
        expect(keyed).toHaveBeenCalledTimes(4);
        auth.replace({ tokens: [], users: [] });
        expect(await login(auth, bearer(token))).toBe('unauthorized');
      } finally {
        keyed.mockRestore();
      }
    });

    it('knows the caller of a token without waiting once it was let in, until it is revoked', async () => {
      const tokens = [credential('ci', token)];
      const auth = authenticator({ tokens });
      expect(auth.known(bearer(token))).toBeUndefined();
      const principal = await auth.authenticate({ authorization: bearer(token), address: HOME });
      expect(auth.known(bearer(token))).toBe(principal);
      auth.replace({ tokens, users: [] });
      expect(auth.known(bearer(token))).toBeUndefined();
      await login(auth, bearer(token));
      auth.replace({ tokens: [], users: [] });
      expect(auth.known(bearer(token))).toBeUndefined();
    });

    it('remembers for each connection what it presented, and forgets it with the token', async () => {
      const other = createAccessToken();
      const tokens = [credential('ci', token), credential('cd', other)];
      const auth = authenticator({ tokens });
      const [here, there] = [{}, {}];
      expect(auth.known(bearer(token), here)).toBeUndefined();
      for (const secret of [token, other]) await login(auth, bearer(secret));
      const known = (secret: SecretValue, connection: object): string | undefined =>
        auth.known(bearer(secret), connection)?.id;
      for (let time = 0; time < 3; time += 1) {
        expect([known(token, here), known(other, there)]).toEqual(['token:ci', 'token:cd']);
        expect([known(other, here), known(createAccessToken(), here)]).toEqual(['token:cd', undefined]);
      }
      auth.replace({ tokens: [credential('ci', token)], users: [] });
      expect([known(other, here), known(token, here), known(other, there)]).toEqual([undefined, undefined, undefined]);
    });

    it('knows nobody by anything else than such a token alone', async () => {
      const text = token.reveal();
      const auth = authenticator({ tokens: [credential('ci', token)] });
      for (const header of [
        bearer(token),
        `bearer ${text}`,
        `Basic Og==, ${bearer(token)}`,
        bearer(createAccessToken()),
      ])
        await login(auth, header);
      for (const header of [
        '',
        text,
        `Bearer  ${text}`,
        `bearer ${text}`,
        `Basic  ${text}`,
        `${bearer(token)}x`,
        bearer(token).slice(0, -1),
        `Bearer ${text.slice(0, -1)}${text.endsWith('x') ? 'y' : 'x'}`,
        `Basic Og==, ${bearer(token)}`,
        bearer(createAccessToken()),
      ]) {
        expect(auth.known(header)).toBeUndefined();
      }
      expect(auth.known(bearer(token))).toMatchObject({ id: 'token:ci' });
    });

    it('compares the whole hash', async () => {
      const right = hashAccessToken(ring, token);
      for (const [from, to] of [
        [-1, undefined],
        [-20, -19],
      ] as const) {
        const digit = right.at(from) === 'A' ? 'E' : 'A';
        const hash = right.slice(0, from) + digit + (to === undefined ? '' : right.slice(to));
        expect(await login(authenticator({ tokens: [{ id: 'ci', hash, grants: GRANTS }] }), bearer(token))).toBe(
          'unauthorized',
        );
      }
    });

    it('keeps nothing in the hash from which the token could be known without the key', async () => {
      const other = await KeyRing.derive([keySource('root', true)]);
      expect(hashAccessToken(other, token)).not.toBe(hashAccessToken(ring, token));
      expect(hashAccessToken(ring, token)).not.toContain(token.reveal().slice(7, 15));
    });

    it.each([
      ['no header', undefined, /authentication is required/],
      ['an empty header', '', /authentication is required/],
      ['empty Basic credentials', 'Basic Og==', /authentication is required/],
      ['another scheme', 'Digest x', /Bearer or Basic/],
      ['a mistyped token', `Bearer ${token.reveal().slice(0, -1)}`, /checksum/],
      ['a foreign token', 'Bearer ghp_x', /begin with coffer_/],
      ['a JSON Web Token that is none', 'Bearer eyJ.x.y', /JWT is malformed/],
      ['an unknown token', bearer(createAccessToken()), /not known here/],
      ['an unknown user', basic('eve', 'x'), /user name or the password/],
    ])('refuses %s and says what would be right', async (_, authorization, message) => {
      const auth = authenticator({ tokens: [credential('ci', token)] });
      const attempt = auth.authenticate({ ...(authorization === undefined ? {} : { authorization }), address: HOME });
      await expect(attempt).rejects.toMatchObject({ code: 'unauthorized', message: expect.stringMatching(message) });
    });

    it('prefers a bearer token to the Basic credentials before it', async () => {
      const auth = authenticator({ tokens: [credential('ci', token)], users: [user('ada', 'pw')] });
      expect(await login(auth, `Basic Og==, ${bearer(token)}`)).toBe('token:ci');
      expect(await login(auth, `${basic('ada', 'pw')}, ${bearer(token)}`)).toBe('token:ci');
    });

    it('finds tokens hashed under an older key, and refuses a configuration whose key is gone', async () => {
      const [old, fresh] = [randomBytes(32), randomBytes(32)];
      const before = await KeyRing.derive([keySource('old', true, old)]);
      const tokens = [{ id: 'ci', hash: hashAccessToken(before, token), grants: GRANTS }];
      const during = await KeyRing.derive([keySource('old', false, old), keySource('new', true, fresh)]);
      expect(await login(new Authenticator(during, { tokens, users: [] }), bearer(token))).toBe('token:ci');
      const after = await KeyRing.derive([keySource('new', true, fresh)]);
      expect(() => new Authenticator(after, { tokens, users: [] })).toThrow(
        expect.objectContaining({ code: 'configuration', details: { token: 'ci', key: 'old' } }),
      );
    });
  });

  describe('users', () => {
    it('lets in the right password only', async () => {
      const auth = authenticator({ users: [user('ada', 'pw:1'), user('bob', 'pw:2')] });
      expect(await login(auth, basic('ada', 'pw:1'))).toBe('user:ada');
      expect(await login(auth, basic('bob', 'pw:2'))).toBe('user:bob');
      expect(await login(auth, basic('ada', 'pw:2'))).toBe('unauthorized');
      expect(await login(auth, basic('ada', ''))).toBe('unauthorized');
      expect(await login(auth, basic('Ada', 'pw:1'))).toBe('unauthorized');
    });

    /** How many passwords an action stretched. */
    const scrypts = async (action: () => Promise<unknown>): Promise<number> => {
      const crypto = jest.requireActual<typeof import('node:crypto')>('node:crypto');
      const spy = jest.spyOn(crypto, 'scrypt');
      try {
        await action();
        return spy.mock.calls.length;
      } finally {
        spy.mockRestore();
      }
    };

    it('makes one scrypt for twenty parallel first logins of a pair, and none for a minute after', async () => {
      const auth = authenticator({ users: [user('ada', 'pw')] });
      const twenty = () => Promise.all(Array.from({ length: 20 }, () => login(auth, basic('ada', 'pw'))));
      const all = Array<string>(20).fill('user:ada');
      expect(await scrypts(async () => expect(await twenty()).toEqual(all))).toBe(1);
      now += 59_999;
      expect(await scrypts(async () => expect(await twenty()).toEqual(all))).toBe(0);
      now += 2;
      expect(await scrypts(async () => expect(await twenty()).toEqual(all))).toBe(1);
    });

    it('remembers no wrong pair, and hashes for an unknown user too', async () => {
      const auth = authenticator({ users: [user('ada', 'pw')] });
      expect(await scrypts(() => login(auth, basic('ada', 'wrong')))).toBe(1);
      expect(await scrypts(() => login(auth, basic('ada', 'wrong')))).toBe(1);
      expect(await scrypts(() => login(auth, basic('eve', 'wrong')))).toBe(1);
    });
  });

  describe('throttling', () => {
    const wrong = (auth: Authenticator, address = HOME) => login(auth, bearer(createAccessToken()), address);

    it('makes an address wait after ten wrong tokens or headers of any kind', async () => {
      const auth = authenticator({ users: [user('ada', 'pw')] });
      const kinds = [
        bearer(createAccessToken()),
        'Bearer typo',
        'Digest x',
        'Basic !',
        'Bearer coffer_x',
        'Bearer eyJ.x.y',
      ];
      const codes: string[] = [];
      for (const kind of [...kinds, ...kinds, ...kinds]) codes.push(await login(auth, kind));
      expect(codes).toEqual([...Array<string>(10).fill('unauthorized'), ...Array<string>(8).fill('throttled')]);
      expect(await wrong(auth, '192.0.2.2')).toBe('unauthorized');
      expect(await login(auth, 'Bearer eyJ.x.y', '192.0.2.2')).toBe('unauthorized');
      await expect(auth.authenticate({ authorization: 'Bearer typo', address: HOME })).rejects.toMatchObject({
        code: 'throttled',
        details: { retryAfter: 60 },
      });
      now += 60_001;
      expect(await wrong(auth)).toBe('unauthorized');
    });

    it('does not count requests without credentials', async () => {
      const auth = authenticator({});
      for (let time = 0; time < 30; time += 1) expect(await login(auth, 'Basic Og==')).toBe('unauthorized');
      expect(await wrong(auth)).toBe('unauthorized');
    });

    it('locks no user out for wrong tokens of their address, and no valid token', async () => {
      const auth = authenticator({ tokens: [credential('ci', token)], users: [user('ada', 'pw'), user('bob', 'pw')] });
      expect(await login(auth, basic('ada', 'pw'))).toBe('user:ada');
      for (let time = 0; time < 12; time += 1) await wrong(auth);
      expect(await wrong(auth)).toBe('throttled');
      expect(await login(auth, bearer(token))).toBe('token:ci');
      expect(await login(auth, basic('ada', 'pw'))).toBe('user:ada');
      expect(await login(auth, basic('bob', 'pw'))).toBe('user:bob');
    });

    it('makes a user of an address wait after ten wrong passwords, and nobody else', async () => {
      const auth = authenticator({ tokens: [credential('ci', token)], users: [user('ada', 'pw'), user('bob', 'pw')] });
      for (let time = 0; time < 10; time += 1) expect(await login(auth, basic('bob', 'no'))).toBe('unauthorized');
      expect(await login(auth, basic('bob', 'pw'))).toBe('throttled');
      expect(await login(auth, basic('ada', 'pw'))).toBe('user:ada');
      expect(await wrong(auth)).toBe('unauthorized');
      expect(await login(auth, bearer(token))).toBe('token:ci');
      expect(await login(auth, basic('bob', 'pw'), '192.0.2.2')).toBe('user:bob');
    });

    it('counts by the address that a trusted proxy tells, and by no other', async () => {
      const auth = new Authenticator(ring, { tokens: [], users: [] }, { clock, trustedProxies: ['192.0.2.0/24'] });
      const attempt = (address: string, forwardedFor: string) =>
        outcome(auth.authenticate({ authorization: 'Bearer typo', address, forwardedFor }));
      for (let time = 0; time < 10; time += 1) await attempt(HOME, `${time}.0.0.1, 198.51.100.7`);
      expect(await attempt(HOME, '198.51.100.7')).toBe('throttled');
      expect(await attempt('192.0.2.9', '198.51.100.7:4711, 192.0.2.1')).toBe('throttled');
      expect(await attempt(HOME, '198.51.100.8')).toBe('unauthorized');
      expect(await attempt('203.0.113.1', '198.51.100.7')).toBe('unauthorized');
      for (let time = 0; time < 10; time += 1) await attempt('203.0.113.2', `198.51.100.${time}`);
      expect(await attempt('203.0.113.2', '198.51.100.77')).toBe('throttled');
    });

    it('verifies no more than ten of a burst of different wrong passwords', async () => {
      const auth = authenticator({ users: [user('ada', 'pw')] });
      const codes = await Promise.all(Array.from({ length: 30 }, (_, n) => login(auth, basic('ada', `guess${n}`))));
      expect(codes.filter((code) => code === 'unauthorized')).toHaveLength(10);
      expect(codes.filter((code) => code === 'throttled')).toHaveLength(20);
    });

    it('counts each of a burst of the same wrong password, and none of a right one', async () => {
      const auth = authenticator({ users: [user('ada', 'pw')] });
      const burst = (password: string) =>
        Promise.all(Array.from({ length: 20 }, () => login(auth, basic('ada', password))));
      expect(new Set(await burst('pw'))).toEqual(new Set(['user:ada']));
      expect(await wrong(auth)).toBe('unauthorized');
      expect(new Set(await burst('no'))).toEqual(new Set(['unauthorized']));
      expect(await login(auth, basic('ada', 'nono'))).toBe('throttled');
    });
  });

  describe('replace', () => {
    it('revokes tokens and users at once, remembered ones included', async () => {
      const auth = authenticator({ tokens: [credential('ci', token)], users: [user('ada', 'pw')] });
      expect(await login(auth, bearer(token))).toBe('token:ci');
      expect(await login(auth, basic('ada', 'pw'))).toBe('user:ada');
      const next = createAccessToken();
      auth.replace({ tokens: [credential('ci2', next)], users: [user('ada', 'new')] });
      expect(await login(auth, bearer(token))).toBe('unauthorized');
      expect(await login(auth, basic('ada', 'pw'))).toBe('unauthorized');
      expect(await login(auth, bearer(next))).toBe('token:ci2');
      expect(await login(auth, basic('ada', 'new'))).toBe('user:ada');
    });

    it('counts for a login that is being verified meanwhile', async () => {
      const auth = authenticator({ users: [user('ada', 'pw'), user('bob', 'pw')] });
      const [ada, bob] = [login(auth, basic('ada', 'pw')), login(auth, basic('bob', 'pw'))];
      const granted: Grant[] = [{ tenant: '*', namespace: '*', permissions: ['admin'] }];
      auth.replace({ tokens: [], users: [{ ...user('bob', 'pw'), grants: granted }] });
      expect(await Promise.all([ada, bob])).toEqual(['unauthorized', 'user:bob']);
      expect(await auth.authenticate({ authorization: basic('bob', 'pw'), address: HOME })).toMatchObject({
        grants: granted,
      });
    });

    const hash = `hmac-sha256:root:${'A'.repeat(43)}`;
    it.each<[string, Partial<Credentials>]>([
      ['a token in place of its hash', { tokens: [{ id: 'x', hash: createAccessToken().reveal(), grants: [] }] }],
      ['an unknown key', { tokens: [{ id: 'x', hash: hash.replace('root', 'gone'), grants: [] }] }],
      ['a token id twice', { tokens: [credentialOf('x', hash), credentialOf('x', hash.replace('AA', 'BA'))] }],
      ['a hash twice', { tokens: [credentialOf('x', hash), credentialOf('y', hash)] }],
      [
        'a wrong grant',
        { tokens: [{ ...credentialOf('x', hash), grants: [{ ...GRANTS[0], namespace: 'a.*' } as Grant] }] },
      ],
      ['a user twice', { users: [user('u', 'a'), user('u', 'b')] }],
      ['a colon in a user name', { users: [user('u:v', 'a')] }],
      [
        'a password in place of its hash',
        { users: [{ username: 'u', passwordHash: new SecretValue('password1'), grants: [] }] },
      ],
    ])('refuses %s and goes on with what it had', async (_, wrong) => {
      const auth = authenticator({ tokens: [credential('ci', token)] });
      expect(() => auth.replace({ tokens: [], users: [], ...wrong })).toThrow(
        expect.objectContaining({ code: 'configuration' }),
      );
      expect(await login(auth, bearer(token))).toBe('token:ci');
    });
  });

  it('says which credentials of its own it takes, and where a request comes from', () => {
    const methods = (credentials: Partial<Credentials>) => authenticator(credentials).signInMethods;
    expect(methods({})).toEqual({ token: false, password: false });
    expect(methods({ tokens: [credential('ci', token)] })).toEqual({ token: true, password: false });
    expect(methods({ users: [user('ada', 'pw')] })).toEqual({ token: false, password: true });
    const auth = new Authenticator(ring, { tokens: [], users: [] }, { clock, trustedProxies: [HOME] });
    expect(auth.clientOf({ address: HOME, forwardedFor: '198.51.100.7' })).toBe('198.51.100.7');
    expect(auth.clientOf({ address: '192.0.2.2', forwardedFor: '198.51.100.7' })).toBe('192.0.2.2');
  });

  it('takes no user without a name', () => {
    expect(() => authenticator({ users: [{ ...user('u', 'a'), username: '' }] })).toThrow(/must not be empty/);
  });

  it('tells tokens apart whose hashes begin alike', async () => {
    const index = hashAccessToken(ring, token).split(':').at(-1)?.slice(0, 6);
    const twin = credentialOf('twin', `hmac-sha256:root:${index}${'A'.repeat(37)}`);
    for (const tokens of [
      [twin, credential('ci', token)],
      [credential('ci', token), twin],
    ]) {
      expect(await login(authenticator({ tokens }), bearer(token))).toBe('token:ci');
    }
  });

  it('names whose grant, token or user is wrong', () => {
    const wrong: Grant[] = [{ tenant: 'main', namespace: 'a.*', permissions: ['list'] }];
    const tokens = [{ ...credential('ci', token), grants: wrong }];
    expect(() => authenticator({ tokens })).toThrow(/access token 'ci'/);
    expect(() => authenticator({ users: [{ ...user('ada', 'pw'), grants: wrong }] })).toThrow(/user 'ada'/);
    const twice = expect.objectContaining({ details: { token: 'ci' } });
    expect(() => authenticator({ tokens: [credential('ci', token), credential('ci', createAccessToken())] })).toThrow(
      twice,
    );
    expect(() => authenticator({ tokens: [credential('a', token), credential('ci', token)] })).toThrow(twice);
    expect(() => authenticator({ users: [user('ada', 'a'), user('ada', 'b')] })).toThrow(
      expect.objectContaining({ details: { user: 'ada' } }),
    );
  });

  it('gives out a principal that nobody can change', async () => {
    const auth = authenticator({ tokens: [credential('ci', token)], users: [user('ada', 'pw')] });
    for (const authorization of [bearer(token), basic('ada', 'pw')]) {
      const principal = await auth.authenticate({ authorization, address: HOME });
      expect([principal, principal.grants, principal.grants[0]].every(Object.isFrozen)).toBe(true);
    }
  });

  it('reports failed logins by their kind, each once', async () => {
    const failed: string[] = [];
    const metrics = {
      failed: (kind: string) => failed.push(kind),
      throttled: () => undefined,
      counts: () => undefined,
    };
    const auth = new Authenticator(ring, { tokens: [], users: [user('ada', 'pw')] }, { clock, metrics });
    await login(auth, basic('ada', 'pw'));
    expect(failed).toEqual([]);
    await login(auth, basic('ada', 'no'));
    expect(failed).toEqual(['password']);
    await login(auth, bearer(createAccessToken()));
    expect(failed).toEqual(['password', 'token']);
    await Promise.all([login(auth, basic('ada', 'x')), login(auth, basic('ada', 'x'))]);
    expect(failed).toEqual(['password', 'token', 'password', 'password']);
  });

  it('counts wrong tokens as the configuration says', async () => {
    const auth = new Authenticator(
      ring,
      { tokens: [], users: [] },
      { clock, throttle: { failures: 2, windowMs: 5_000 } },
    );
    const codes: string[] = [];
    for (let time = 0; time < 3; time += 1) codes.push(await login(auth, 'Bearer x'));
    expect(codes).toEqual(['unauthorized', 'unauthorized', 'throttled']);
    now += 5_001;
    expect(await login(auth, 'Bearer x')).toBe('unauthorized');
  });
});

function credentialOf(id: string, hash: string): TokenCredential {
  return { id, hash, grants: GRANTS };
}
