import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyRing } from '@coffer/crypto';
import { CofferError, SecretValue, type Clock } from '@coffer/secrets';
import { Authenticator } from '../authenticator.js';
import type { IssuerCredential } from '../credentials.js';
import { MAX_ANSWER_BYTES } from './bounded-request.js';
import { answerKeys, issuerAt, keyServer, signingKey, signShared, unsigned, type KeyServer } from './jwt.fixture.js';

const NOW_S = 1_800_000_000;
const CLAIMS = {
  iss: 'https://id.example.com',
  aud: 'coffer',
  sub: 'alice',
  team: 'payments',
  nbf: NOW_S - 10,
  exp: NOW_S + 600,
};

/** The claims of a token that lasts for longer than a day. */
const LASTING = { ...CLAIMS, exp: NOW_S + 90_000 };

const first = signingKey('first');
const second = signingKey('second', 'EdDSA');
const rsa = signingKey('rsa', 'RS256');

let ring: KeyRing;
let server: KeyServer;
let monotonic = 1_000;
let wall = NOW_S * 1_000;
const clock: Clock = { monotonic: () => monotonic, wall: () => wall };
const pass = (ms: number): void => {
  monotonic += ms;
  wall += ms;
};

beforeAll(async () => {
  ring = await KeyRing.derive([{ id: 'k', secret: new SecretValue(randomBytes(32).toString('base64')), active: true }]);
});
beforeEach(async () => {
  server = await keyServer([first, rsa]);
  monotonic = 1_000;
  wall = NOW_S * 1_000;
});
afterEach(() => server.close());

const NO_THROTTLE = { failures: 1_000_000, windowMs: 60_000 };
const open = (more: Partial<IssuerCredential> = {}, options: object = {}): Authenticator =>
  new Authenticator(
    ring,
    { tokens: [], users: [], issuers: [issuerAt(server.address, more)] },
    { clock, throttle: NO_THROTTLE, ...options },
  );
/** Gives up before the test does, so that nothing runs on after it. */
const until = async (holds: () => boolean): Promise<void> => {
  const endMs = performance.now() + 4_000;
  while (!holds()) {
    if (performance.now() > endMs) throw new Error('what was waited for did not come');
    await new Promise(setImmediate);
  }
};
/** With a promise of that many attempts to read keys. */
const observed = (): { readonly to: Authenticator; readonly read: (times: number) => Promise<void> } => {
  let attempts = 0;
  const to = open({}, { onKeysRead: () => (attempts += 1) });
  return { to, read: (times) => until(() => attempts >= times) };
};
/** The principal's id, or the code and the message of the refusal. */
const login = async (to: Authenticator, token: string): Promise<string> => {
  try {
    return (await to.authenticate({ authorization: `Bearer ${token}`, address: '192.0.2.1' })).id;
  } catch (error) {
    if (!CofferError.is(error)) throw error;
    return `${error.code}: ${error.message}`;
  }
};

describe('a JSON Web Token', () => {
  it('lets its subject in with the grants of its bindings, by every kind of key', async () => {
    server.answer = answerKeys([first, second, rsa]);
    const to = open();
    for (const key of [first, second, rsa]) expect(await login(to, key.sign(CLAIMS))).toBe('jwt:idp:alice');
    const principal = await to.authenticate({
      authorization: `Bearer ${first.sign({ ...CLAIMS, jti: 'j-1' })}`,
      address: '',
    });
    expect(principal).toEqual({
      id: 'jwt:idp:alice',
      credentialId: 'j-1',
      grants: [
        { tenant: 'main', namespace: 'company.payments', permissions: ['resolve'], origin: 'bindings[0].grants[0]' },
      ],
    });
    expect(server.asked()).toBe(1);
  });

  it('lets its subject in by a key that a SPIFFE bundle has for JWT-SVIDs, and by none that is for certificates', async () => {
    const bundle = [
      { ...first.jwk, use: 'jwt-svid' },
      { ...second.jwk, use: 'x509-svid' },
    ];
    server.answer = (_request, response) => void response.end(JSON.stringify({ keys: bundle, spiffe_sequence: 1 }));
    const to = open();
    expect(await login(to, first.sign(CLAIMS, { typ: 'JOSE' }))).toBe('jwt:idp:alice');
    expect(await login(to, second.sign(CLAIMS))).toContain('is signed with a key that the issuer');
  });

  it.each<[string, () => string, string]>([
    [
      'another issuer',
      () => first.sign({ ...CLAIMS, iss: 'https://evil.example.com' }),
      'is of an issuer that is not in',
    ],
    ['no issuer', () => first.sign({ ...CLAIMS, iss: undefined }), 'is of an issuer that is not in'],
    ['issuers in a list', () => first.sign({ ...CLAIMS, iss: [CLAIMS.iss] }), 'is of an issuer that is not in'],
    ['another audience', () => first.sign({ ...CLAIMS, aud: 'other' }), 'is not meant for Coffer'],
    ['no audience', () => first.sign({ ...CLAIMS, aud: undefined }), 'is not meant for Coffer'],
    ['no end', () => first.sign({ ...CLAIMS, exp: undefined }), 'must say when it expires'],
    ['an end that is no number', () => first.sign({ ...CLAIMS, exp: `${CLAIMS.exp}` }), 'must say when it expires'],
    ['its end behind it', () => first.sign({ ...CLAIMS, exp: NOW_S }), 'has expired'],
    ['no beginning', () => first.sign({ ...CLAIMS, nbf: undefined }), 'does not say from when on it is'],
    ['its beginning before it', () => first.sign({ ...CLAIMS, nbf: NOW_S + 1 }), 'is not valid yet'],
    ['no signature', () => unsigned(CLAIMS), 'is signed by an algorithm that the issuer'],
    ['no signature, in capitals', () => unsigned(CLAIMS, 'NONE'), 'is signed by an algorithm that the issuer'],
    ['its signature cut off', () => first.sign(CLAIMS).replace(/[^.]*$/, ''), 'has a signature that is wrong'],
    [
      'the public key as a secret',
      () => signShared(rsa.publicPem, CLAIMS, { kid: 'rsa' }),
      'is signed by an algorithm',
    ],
    [
      'the algorithm of another key',
      () => first.sign(CLAIMS, { alg: 'EdDSA' }),
      'is signed with a key that the issuer',
    ],
    ['an unknown key', () => second.sign(CLAIMS), 'is signed with a key that the issuer'],
    ['an unknown key by a known name', () => signingKey('first').sign(CLAIMS), 'has a signature that is wrong'],
    ['its key in its header', () => second.sign(CLAIMS, { kid: 'first', jwk: second.jwk }), 'is signed with a key'],
    [
      'a header that must be understood',
      () => first.sign(CLAIMS, { crit: ['x'], x: 1 }),
      'its header asks for what is not known here',
    ],
    ['a time of issue that is none', () => first.sign({ ...CLAIMS, iat: 'x' }), 'in a form that is no time'],
    ['the type of a log-out', () => first.sign(CLAIMS, { typ: 'logout+jwt' }), 'is of a type that lets nobody in'],
    ['no subject', () => first.sign({ ...CLAIMS, sub: undefined }), 'must name its subject'],
    ['a line break in its subject', () => first.sign({ ...CLAIMS, sub: 'a\nb' }), 'must name its subject'],
    ['a subject that shows as another', () => first.sign({ ...CLAIMS, sub: 'a\u2066b' }), 'must name its subject'],
    ['a team that would be a wildcard', () => first.sign({ ...CLAIMS, team: '*' }), 'no binding of the issuer'],
    ['claims that are none', () => `${first.sign(CLAIMS).split('.')[0]}.e30x.AAAA`, 'is malformed'],
  ])('with %s is refused', async (_what, token, message) => {
    const said = await login(open(), token());
    expect(said).toMatch(/^unauthorized: the JWT /);
    expect(said).toContain(message);
    expect(said).not.toMatch(/alice|payments|evil/);
  });

  it('counts for as long as clocks may differ, at both ends', async () => {
    const to = open({ clockSkewMs: 30_000 });
    const token = first.sign({ ...CLAIMS, nbf: NOW_S + 30, exp: NOW_S + 40 });
    expect(await login(to, token)).toBe('jwt:idp:alice');
    pass(69_999);
    expect(await login(to, token)).toBe('jwt:idp:alice');
    pass(1);
    expect(await login(to, token)).toContain('has expired');
    expect(await login(to, first.sign({ ...CLAIMS, nbf: NOW_S + 200 }))).toContain('is not valid yet');
  });

  it('may lack its beginning where that is said, but not come from the future', async () => {
    const to = open({ notBefore: 'optional' });
    const claims = { ...CLAIMS, nbf: undefined };
    expect(await login(to, first.sign({ ...claims, iat: NOW_S }))).toBe('jwt:idp:alice');
    expect(await login(to, first.sign({ ...claims, iat: NOW_S + 60 }))).toContain('issued in the future');
    expect(await login(to, first.sign({ ...claims, nbf: NOW_S + 60 }))).toContain('is not valid yet');
  });

  it('counts against wrong tokens of its address, and an issuer that is away does not', async () => {
    const to = open({}, { throttle: { failures: 2, windowMs: 60_000 } });
    expect(await login(to, unsigned(CLAIMS))).toContain('unauthorized');
    expect(await login(to, unsigned(CLAIMS))).toContain('unauthorized');
    expect(await login(to, unsigned(CLAIMS))).toContain('throttled');
    server.answer = (_request, response) => void response.writeHead(500).end();
    const away = open({}, { throttle: { failures: 2, windowMs: 60_000 } });
    for (let time = 0; time < 4; time += 1) {
      expect(await login(away, first.sign(CLAIMS))).toMatch(
        /^unavailable: the keys of the issuer 'idp' could not be read yet$/,
      );
    }
  });

  it('is remembered until it expires, its keys change or other credentials count, and within the bound', async () => {
    const to = open({}, { rememberedMaxBytes: 20_000 });
    const token = first.sign({ ...CLAIMS, exp: NOW_S + 60 });
    const known = (): string | undefined => to.known(`Bearer ${token}`)?.id;
    expect(known()).toBeUndefined();
    await login(to, token);
    expect(known()).toBe('jwt:idp:alice');
    pass(59_999);
    expect(known()).toBe('jwt:idp:alice');
    pass(1);
    expect(known()).toBeUndefined();
    for (let at = 0; at < 100; at += 1) await login(to, first.sign({ ...CLAIMS, sub: `user-${at}` }));
    expect(to.rememberedTokens.bytes).toBeGreaterThan(10_000);
    expect(to.rememberedTokens.bytes).toBeLessThanOrEqual(20_000);
    expect(to.rememberedTokens.evictions).toBeGreaterThan(50);
    const later = first.sign(CLAIMS);
    await login(to, later);
    expect(to.known(`Bearer ${later}`)?.id).toBe('jwt:idp:alice');
    to.replace({ tokens: [], users: [], issuers: [] });
    expect(to.known(`Bearer ${later}`)).toBeUndefined();
    expect(await login(to, later)).toContain('is of an issuer that is not in the configuration');
  });

  it('is refused with a grant of its issuer that is wrong, which is named', async () => {
    const [binding] = issuerAt('').bindings;
    const grants = binding!.grants.map((grant) => ({ ...grant, tenant: 'A' }));
    expect(await login(open({ bindings: [{ ...binding!, grants }] }), first.sign(CLAIMS))).toMatch(
      /^configuration: a grant of the issuer 'idp' is wrong/,
    );
  });

  it('counts by the keys of where they are now', async () => {
    const to = open();
    await login(to, first.sign(CLAIMS));
    const other = await keyServer([second]);
    try {
      to.replace({ tokens: [], users: [], issuers: [issuerAt(other.address)] });
      expect(await login(to, second.sign(CLAIMS))).toBe('jwt:idp:alice');
      expect(await login(to, first.sign(CLAIMS))).toContain('does not publish');
    } finally {
      other.close();
    }
  });

  it('is refused when its issuer goes while it is being verified', async () => {
    const to = open();
    let answer = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      server.answer = (request, response) => {
        answer = () => answerKeys([first])(request, response);
        resolve();
      };
    });
    const outcome = login(to, first.sign(CLAIMS));
    await asked;
    to.replace({ tokens: [], users: [] });
    answer();
    expect(await outcome).toContain('is of an issuer that is not in the configuration');
  });
});

describe('the keys of an issuer', () => {
  it('are asked for once a minute, however many tokens name unknown ones, and after a change of the configuration too', async () => {
    const to = open();
    expect(await login(to, first.sign(CLAIMS))).toBe('jwt:idp:alice');
    const storm = () =>
      Promise.all(Array.from({ length: 50 }, (_, at) => login(to, first.sign(CLAIMS, { kid: `unknown-${at}` }))));
    pass(59_999);
    expect(new Set(await storm())).toEqual(
      new Set(["unauthorized: the JWT is signed with a key that the issuer 'idp' does not publish"]),
    );
    to.replace({ tokens: [], users: [], issuers: [issuerAt(server.address, { audience: ['coffer', 'x'] })] });
    await storm();
    expect(server.asked()).toBe(1);
    pass(1);
    await storm();
    await storm();
    expect(server.asked()).toBe(2);
  });

  it('are read again for a token of a new one, and those that are known go on while they cannot be', async () => {
    const to = open();
    expect(await login(to, first.sign(CLAIMS))).toBe('jwt:idp:alice');
    server.answer = (request) => void request.socket.destroy();
    pass(60_000);
    expect(await login(to, second.sign(CLAIMS))).toContain('does not publish');
    expect(await login(to, first.sign({ ...CLAIMS, sub: 'bob', exp: NOW_S + 90_000 }))).toBe('jwt:idp:bob');
    pass(86_000_000);
    expect(await login(to, first.sign({ ...CLAIMS, sub: 'carol', exp: NOW_S + 90_000 }))).toBe('jwt:idp:carol');
    server.answer = answerKeys([second]);
    pass(60_000);
    expect(await login(to, second.sign({ ...CLAIMS, exp: NOW_S + 90_000 }))).toBe('jwt:idp:alice');
  });

  it('end with the key set that they were in, at once after a time without requests, remembered tokens included', async () => {
    for (const [minutes, sub] of [
      [10, 'alice'],
      [10, 'bob'],
      [600, 'alice'],
    ] as const) {
      server.answer = answerKeys([first]);
      const to = open();
      const asked = server.asked();
      await login(to, first.sign(LASTING));
      server.answer = answerKeys([second]);
      pass(minutes * 60_000);
      expect(await login(to, first.sign({ ...LASTING, sub }))).toContain('does not publish');
      expect(server.asked() - asked).toBe(2);
    }
  });

  it('are waited for where a remembered token is of old ones, which counts on without being verified again', async () => {
    const { to, read } = observed();
    const token = first.sign(LASTING);
    await login(to, token);
    const known = (): string | undefined => to.known(`Bearer ${token}`)?.id;
    pass(599_999);
    expect(known()).toBe('jwt:idp:alice');
    await read(2);
    for (const down of [false, true]) {
      let answer = (): void => undefined;
      server.answer = (request, response) => {
        answer = () => (down ? request.socket.destroy() : answerKeys([first, rsa])(request, response));
      };
      const asked = server.asked();
      pass(600_000);
      expect(known()).toBeUndefined();
      await until(() => server.asked() > asked);
      expect(known()).toBeUndefined();
      const other = login(to, first.sign({ ...LASTING, sub: 'bob' }));
      answer();
      expect(await other).toBe('jwt:idp:bob');
      expect(known()).toBe('jwt:idp:alice');
    }
    // A failed attempt does not count for ever either.
    pass(600_000);
    expect(known()).toBeUndefined();
  });

  it('are read again before they are too old, so that nobody who comes often waits', async () => {
    const { to, read } = observed();
    const token = first.sign(LASTING);
    await login(to, token);
    for (let time = 2; time < 5; time += 1) {
      pass(540_000);
      expect(to.known(`Bearer ${token}`)?.id).toBe('jwt:idp:alice');
      await read(time);
      expect(to.known(`Bearer ${token}`)?.id).toBe('jwt:idp:alice');
    }
    server.answer = (request) => void request.socket.destroy();
    for (let time = 5; time < 30; time += 1) {
      pass(time === 5 ? 540_000 : 60_000);
      expect(to.known(`Bearer ${token}`)?.id).toBe('jwt:idp:alice');
      await read(time);
    }
  });

  it('that end while a token is verified with one of them leave nothing that is remembered', async () => {
    const { to, read } = observed();
    const remembered = first.sign(LASTING);
    await login(to, remembered);
    let answer = (): void => undefined;
    server.answer = (request, response) => {
      answer = () => answerKeys([second])(request, response);
    };
    pass(540_000);
    to.known(`Bearer ${remembered}`);
    await until(() => server.asked() === 2);
    const token = rsa.sign(LASTING);
    const importKey = crypto.subtle.importKey.bind(crypto.subtle) as (
      ...given: unknown[]
    ) => ReturnType<typeof crypto.subtle.importKey>;
    const spy = jest.spyOn(crypto.subtle, 'importKey').mockImplementation(async (...given: unknown[]) => {
      answer();
      await read(2);
      return importKey(...given);
    });
    try {
      expect(await login(to, token)).toBe('jwt:idp:alice');
      expect(spy).toHaveBeenCalledTimes(1);
    } finally {
      spy.mockRestore();
    }
    expect(to.known(`Bearer ${token}`)).toBeUndefined();
    expect(await login(to, token)).toContain('does not publish');
  });

  it.each<[string, KeyServer['answer'], string]>([
    [
      'too long',
      (_request, response) => void response.end('x'.repeat(MAX_ANSWER_BYTES + 1)),
      'longer than 262144 bytes',
    ],
    ['no JSON', (_request, response) => void response.end('canary'), 'its answer is no JSON'],
    ['no keys', (_request, response) => void response.end('{"keys":7}'), 'it holds no list of keys'],
    [
      'too many keys',
      (_request, response) => void response.end(JSON.stringify({ keys: Array(101).fill({}) })),
      'more than 100 keys',
    ],
    [
      'elsewhere',
      (_request, response) => void response.writeHead(302, { location: server.address }).end(),
      'status 302',
    ],
    [
      'cut',
      (_request, response) =>
        void response.writeHead(200, { 'content-length': 9 }).write('{', () => response.destroy()),
      'it cut the connection',
    ],
  ])('are refused where the answer is %s', async (_what, answer, reason) => {
    server.answer = answer;
    const failures: (string | undefined)[] = [];
    const to = open({}, { onKeysRead: (_issuer: string, failure: string | undefined) => failures.push(failure) });
    const said = await login(to, first.sign(CLAIMS));
    expect(said).toBe("unavailable: the keys of the issuer 'idp' could not be read yet");
    expect(failures).toEqual([expect.stringContaining(reason)]);
    expect(failures[0]).not.toContain('canary');
  });

  it('are taken one by one: what is no key harms none of the others', async () => {
    const odd = [
      null,
      'x',
      { kty: 'RSA', kid: 'rsa' },
      { kty: 'EC', kid: 'odd', crv: 'X', x: 7, y: [] },
      { kty: 'EC', kid: 7 },
    ];
    server.answer = (_request, response) => void response.end(JSON.stringify({ keys: [...odd, first.jwk] }));
    const to = open();
    expect(await login(to, first.sign(CLAIMS))).toBe('jwt:idp:alice');
    for (const token of [rsa.sign(CLAIMS), first.sign(CLAIMS, { kid: 'odd' }), first.sign(CLAIMS, { kid: 7 })]) {
      expect(await login(to, token)).toMatch(/^unauthorized: the JWT /);
    }
  });

  it('are found through a discovery document of the same issuer', async () => {
    let issuer = CLAIMS.iss;
    let jwks_uri = server.address;
    server.answer = (request, response) =>
      request.url === '/jwks'
        ? answerKeys([first])(request, response)
        : void response.end(JSON.stringify({ issuer, jwks_uri }));
    const keys = { kind: 'discovery', address: server.address.replace('jwks', 'discovery') } as const;
    const failures: (string | undefined)[] = [];
    const onKeysRead = (_issuer: string, failure: string | undefined): void => void failures.push(failure);
    const attempt = (): Promise<string> => login(open({ keys }, { onKeysRead }), first.sign(CLAIMS));
    expect(await attempt()).toBe('jwt:idp:alice');
    issuer = 'https://evil.example.com';
    expect(await attempt()).toMatch(/^unavailable: .* could not be read yet$/);
    issuer = CLAIMS.iss;
    jwks_uri = server.address.replace('http://', 'http://localhost:x@');
    expect(await attempt()).toMatch(/^unavailable: .* could not be read yet$/);
    expect(failures).toEqual([
      undefined,
      'its discovery document is of another issuer',
      'its discovery document names a jwks_uri with a user name or a password',
    ]);
  });

  it('come from a file too, where one of them may be a secret, and are read again when it changes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'coffer-keys-'));
    const file = join(folder, 'keys.json');
    const write = (...keys: object[]): void => writeFileSync(file, JSON.stringify({ keys }));
    const k = randomBytes(32);
    try {
      write({ kty: 'oct', k: k.toString('base64url') });
      const to = open({ keys: { kind: 'file', file }, algorithms: ['HS256'], audience: [] });
      const token = signShared(k, { ...CLAIMS, aud: undefined });
      expect(await login(to, token)).toBe('jwt:idp:alice');
      expect(await login(to, signShared('other', CLAIMS))).toContain('has a signature that is wrong');
      write({ kty: 'oct', k: randomBytes(32).toString('base64url') });
      pass(1_000);
      expect(to.known(`Bearer ${token}`)).toBeUndefined();
      expect(await login(to, token)).toContain('has a signature that is wrong');
      write(rsa.jwk, { ...first.jwk, kid: undefined });
      pass(1_000);
      const keyed = open({ keys: { kind: 'file', file } });
      expect(await login(keyed, rsa.sign(CLAIMS))).toBe('jwt:idp:alice');
      expect(await login(keyed, signShared(rsa.publicPem, CLAIMS))).toContain('is signed by an algorithm');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    ['HS256', 32],
    ['HS384', 48],
    ['HS512', 64],
  ])('that are secrets are none for %s unless they have %d bytes in base64url', async (alg, leastBytes) => {
    const folder = mkdtempSync(join(tmpdir(), 'coffer-keys-'));
    const file = join(folder, 'keys.json');
    const by = (signed: Buffer, ...secrets: string[]): Promise<string> => {
      writeFileSync(file, JSON.stringify({ keys: secrets.map((k) => ({ kty: 'oct', k })) }));
      const to = open({ keys: { kind: 'file', file }, algorithms: [alg], audience: [] });
      return login(to, signShared(signed, CLAIMS, { alg }));
    };
    // Each character of it has all bits set, so that base64 has / where base64url has _.
    const secret = Buffer.alloc(leastBytes, 0xff);
    const short = secret.subarray(1);
    const none = "unauthorized: the JWT is signed with a key that the issuer 'idp' does not publish";
    try {
      expect(await by(secret, secret.toString('base64url'))).toBe('jwt:idp:alice');
      expect(await by(secret, short.toString('base64url'), secret.toString('base64url'))).toBe('jwt:idp:alice');
      expect(await by(short, short.toString('base64url'))).toBe(none);
      expect(await by(secret, secret.toString('base64'))).toBe(none);
      expect(await by(secret, `${secret.toString('base64url')}=`)).toBe(none);
      expect(await by(secret, `${secret.toString('base64url')}\n`)).toBe(none);
      expect(await by(Buffer.alloc(0), '')).toBe(none);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
