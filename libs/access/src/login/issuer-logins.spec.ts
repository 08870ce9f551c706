import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { KeyRing } from '@coffer/crypto';
import { CofferError, SecretValue, type Clock } from '@coffer/secrets';
import { Authenticator } from '../authenticator.js';
import type { IssuerCredential } from '../credentials.js';
import { issuerAt, signingKey } from '../jwt/jwt.fixture.js';
import { LoginError } from './login-error.js';

const HOME = '192.0.2.1';
const REDIRECT = 'https://coffer.example.com/callback';
const key = signingKey('first');
const otherKey = signingKey('other');

let ring: KeyRing;
let server: Server;
let base: string;
/** What the issuer says of itself and of whoever logs in, and how it answers. */
let document: Record<string, unknown>;
let claims: Record<string, unknown>;
let userInfo: Record<string, unknown>;
let tokenStatus: number;
let sign: (claims: object) => string | undefined;
/** What the issuer was asked for. */
let asked: { readonly path: string; readonly authorization: string | undefined; readonly form: URLSearchParams }[];
let nonce: string;
let beganAtMs: number;
let passedMs: number;
const clock: Clock = { monotonic: () => passedMs, wall: () => beganAtMs + passedMs };

const answerOf = (path: string): unknown => {
  switch (path) {
    case '/jwks':
      return { keys: [key.jwk] };
    case '/token':
      return { access_token: 'access', token_type: 'Bearer', expires_in: 60, id_token: sign(idToken()) };
    case '/userinfo':
      return userInfo;
    default:
      return document;
  }
};
const idToken = () => {
  const nowS = Math.floor(Date.now() / 1_000);
  return { iss: base, aud: 'client', sub: 'alice', nonce, iat: nowS, exp: nowS + 3_600, ...claims };
};
const answer = async (request: IncomingMessage): Promise<{ readonly status: number; readonly body: string }> => {
  const path = request.url ?? '';
  asked.push({ path, authorization: request.headers.authorization, form: new URLSearchParams(await text(request)) });
  return { status: path === '/token' ? tokenStatus : 200, body: JSON.stringify(answerOf(path)) };
};

beforeAll(async () => {
  ring = await KeyRing.derive([{ id: 'k', secret: new SecretValue(randomBytes(32).toString('base64')), active: true }]);
  server = createServer((request, response) => {
    void answer(request).then(({ status, body }) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(body),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});
beforeEach(() => {
  [claims, userInfo, tokenStatus, asked, beganAtMs, passedMs] = [{ team: 'pay' }, {}, 200, [], Date.now(), 0];
  sign = (content) => key.sign(content);
  document = {
    ...{ issuer: base, authorization_endpoint: `${base}/auth`, token_endpoint: `${base}/token` },
    ...{ jwks_uri: `${base}/jwks`, id_token_signing_alg_values_supported: ['ES256'] },
  };
});

const login = { clientId: 'client', clientSecret: new SecretValue('a secret'), scopes: ['openid'] };
const issuer = (more: Partial<IssuerCredential> = {}): IssuerCredential =>
  issuerAt('', {
    ...{ issuer: base, login },
    keys: { kind: 'discovery', address: `${base}/.well-known/openid-configuration` },
    ...more,
  });
const open = (...issuers: IssuerCredential[]): Authenticator =>
  new Authenticator(ring, { tokens: [], users: [], issuers: issuers.length === 0 ? [issuer()] : issuers }, { clock });
const begin = async ({ issuerLogins }: Authenticator, id = 'idp') => {
  const { address, cookie } = await issuerLogins.begin(id, { redirectUri: REDIRECT, to: '/ui/there' });
  const { searchParams } = new URL(address);
  nonce = searchParams.get('nonce') ?? '';
  return { address, cookie, state: searchParams.get('state') ?? '' };
};
const logIn = async (authenticator: Authenticator) => {
  const { cookie, state } = await begin(authenticator);
  return authenticator.issuerLogins.end('idp', cookie.value.reveal(), `code=abc&state=${state}`, HOME);
};
const reasonOf = async (attempt: Promise<unknown>): Promise<string> => {
  try {
    await attempt;
    return 'let in';
  } catch (error) {
    if (error instanceof LoginError) return error.reason;
    return CofferError.is(error) ? error.code : String(error);
  }
};
const asksFor = (path: string) => asked.filter((request) => request.path === path);

describe('a log-in by an issuer', () => {
  it('begins a session of whom the issuer has named, and leads where it was to go', async () => {
    const authenticator = open();
    const { session, to } = await logIn(authenticator);
    expect(to).toBe('/ui/there');
    expect(session.principal).toMatchObject({ id: 'jwt:idp:alice', grants: [{ namespace: 'company.pay' }] });
    const resumed = await authenticator.sessions.resume(session.cookie.value.reveal(), HOME);
    expect(resumed.principal.id).toBe('jwt:idp:alice');
  });

  it('shows the issuer the code, where the browser came back to, and who asks', async () => {
    await logIn(open());
    const [request] = asksFor('/token');
    expect(Object.fromEntries(request?.form ?? [])).toMatchObject({
      ...{ grant_type: 'authorization_code', code: 'abc', redirect_uri: REDIRECT },
      code_verifier: expect.stringMatching(/^[\w-]{43,}$/) as string,
    });
    expect(request?.authorization).toMatch(/^Basic /);
    document['token_endpoint_auth_methods_supported'] = ['client_secret_post'];
    asked = [];
    await logIn(open());
    expect(asksFor('/token')[0]?.form.get('client_secret')).toBe('a secret');
    asked = [];
    await logIn(open(issuer({ login: { clientId: 'client', scopes: ['openid'] } })));
    expect([asksFor('/token')[0]?.authorization, asksFor('/token')[0]?.form.get('client_secret')]).toEqual([
      undefined,
      null,
    ]);
  });

  it('is known to the browser alone, for ten minutes', async () => {
    const authenticator = open();
    const { cookie, state } = await begin(authenticator);
    const sealed = cookie.value.reveal();
    expect(cookie.maxAgeMs).toBe(600_000);
    const { issuerLogins } = authenticator;
    expect(issuerLogins.destinationOf(sealed)).toBe('/ui/there');
    expect([issuerLogins.destinationOf(undefined), issuerLogins.destinationOf('x')]).toEqual([undefined, undefined]);
    const end = (of: string | undefined, query = `code=abc&state=${state}`) =>
      reasonOf(issuerLogins.end('idp', of, query, HOME));
    expect([await end(undefined), await end('x'), await end(sealed, 'code=abc&state=other')]).toEqual(
      Array(3).fill('expired'),
    );
    passedMs = 599_999;
    expect(issuerLogins.destinationOf(sealed)).toBe('/ui/there');
    passedMs = 600_000;
    expect([issuerLogins.destinationOf(sealed), await end(sealed)]).toEqual([undefined, 'expired']);
  });

  it('ends with the issuer that it was begun with', async () => {
    const second = issuer({ id: 'second', issuer: 'https://second.example.com' });
    const authenticator = open(issuer(), second);
    const { cookie, state } = await begin(authenticator);
    const end = authenticator.issuerLogins.end('second', cookie.value.reveal(), `code=abc&state=${state}`, HOME);
    expect(await reasonOf(end)).toBe('expired');
  });

  it.each<[string, string, () => void]>([
    ['another nonce', 'refused', () => (sign = (content) => key.sign({ ...content, nonce: 'other' }))],
    ['another audience', 'refused', () => (claims['aud'] = 'other')],
    ['another key', 'refused', () => (sign = (content) => otherKey.sign(content, { kid: 'first' }))],
    ['no id token', 'refused', () => (sign = () => undefined)],
    ['an end that has passed', 'refused', () => (claims['exp'] = 1)],
    ['nobody that anything is granted to', 'no-grants', () => (claims['team'] = '*')],
    ['nobody', 'refused', () => (claims['sub'] = ' \n')],
    [
      'more than a cookie holds',
      'too-many-claims',
      () => (claims['team'] = Array.from({ length: 90 }, (_, at) => 't'.repeat(60) + at)),
    ],
    ['that it has failed', 'unavailable', () => (tokenStatus = 500)],
    ['that it is asked too often', 'unavailable', () => (tokenStatus = 429)],
    ['that the code is wrong', 'refused', () => (tokenStatus = 400)],
  ])('lets nobody in where the issuer says %s: %s', async (_what, reason, prepare) => {
    prepare();
    expect(await reasonOf(logIn(open()))).toBe(reason);
  });

  it('lets nobody in by an algorithm that the issuer may not use, whatever the issuer says of itself', async () => {
    expect(await reasonOf(logIn(open(issuer({ algorithms: ['RS256'] }))))).toBe('refused');
  });

  it.each<[string, number, string]>([
    ['within', 20, 'let in'],
    ['beyond', 40, 'refused'],
  ])('takes an id token whose end has passed %s what clocks may differ by', async (_where, seconds, outcome) => {
    claims['exp'] = Math.floor(Date.now() / 1_000) - seconds;
    expect(await reasonOf(logIn(open(issuer({ clockSkewMs: 30_000 }))))).toBe(outcome);
  });

  it.each<[string, RegExp, () => void]>([
    ['the library’s name for it', /does not count \(OAUTH_[A-Z_]+\)$/, () => (claims['aud'] = 'other')],
    ['that nobody answers', /^the issuer cannot be reached$/, () => (tokenStatus = 500)],
    ['that nothing is granted', /^no binding of the issuer 'idp' grants anything/, () => (claims['team'] = '*')],
  ])('says in the log why nobody is let in: %s', async (_what, message, prepare) => {
    prepare();
    await expect(logIn(open())).rejects.toThrow(message);
  });

  it('says in the log of which algorithm an id token must not be, and what was denied', async () => {
    await expect(logIn(open(issuer({ algorithms: ['RS256'] })))).rejects.toThrow(
      /^the id token is signed by an algorithm that the issuer 'idp' may not use$/,
    );
    const authenticator = open();
    const { cookie, state } = await begin(authenticator);
    const query = `error=access_denied&state=${state}`;
    await expect(authenticator.issuerLogins.end('idp', cookie.value.reveal(), query, HOME)).rejects.toThrow(
      /^the issuer let nobody in$/,
    );
    await expect(authenticator.issuerLogins.end('idp', undefined, query, HOME)).rejects.toThrow(
      /^the browser has no log-in under way/,
    );
  });

  it('lets nobody in whom the issuer has let nobody in', async () => {
    const authenticator = open();
    const { cookie, state } = await begin(authenticator);
    const query = `error=access_denied&state=${state}`;
    expect(await reasonOf(authenticator.issuerLogins.end('idp', cookie.value.reveal(), query, HOME))).toBe('denied');
  });
});

describe('claims that an id token has not', () => {
  beforeEach(() => {
    document['userinfo_endpoint'] = `${base}/userinfo`;
    userInfo = { sub: 'alice', team: 'info' };
  });

  it('are asked for once more', async () => {
    claims = {};
    const { session } = await logIn(open());
    expect(session.principal.grants).toMatchObject([{ namespace: 'company.info' }]);
    expect(asksFor('/userinfo')[0]?.authorization).toBe('Bearer access');
  });

  it('are not, where it has them all', async () => {
    const { session } = await logIn(open());
    expect(session.principal.grants).toMatchObject([{ namespace: 'company.pay' }]);
    expect(asksFor('/userinfo')).toEqual([]);
  });

  it('are absent where the issuer has no more to say', async () => {
    claims = {};
    delete document['userinfo_endpoint'];
    expect(await reasonOf(logIn(open()))).toBe('no-grants');
  });

  it('are those of the same person alone', async () => {
    claims = {};
    userInfo['sub'] = 'bob';
    expect(await reasonOf(logIn(open()))).toBe('refused');
  });
});

describe('issuers that people log in by', () => {
  it('are named with their labels, or else their ids; others are not there', async () => {
    const labelled = issuer({ id: 'b', issuer: 'https://b.example.com', login: { ...login, label: 'B' } });
    const machine = issuerAt(base, { id: 'machine', issuer: 'https://c.example.com' });
    const authenticator = open(issuer(), labelled, machine);
    expect(authenticator.issuerLogins.methods).toEqual([
      { id: 'idp', label: 'idp' },
      { id: 'b', label: 'B' },
    ]);
    for (const id of ['machine', 'gone']) expect(await reasonOf(begin(authenticator, id))).toBe('not-found');
  });

  it('are asked what they are again after ten minutes, and at once where they are others', async () => {
    const discoveries = () => asksFor('/.well-known/openid-configuration').length;
    const authenticator = open();
    await begin(authenticator);
    passedMs = 599_999;
    await begin(authenticator);
    expect(discoveries()).toBe(1);
    passedMs = 600_000;
    await begin(authenticator);
    expect(discoveries()).toBe(2);
    authenticator.replace({ tokens: [], users: [], issuers: [issuer({ bindings: [] })] });
    await begin(authenticator);
    expect(discoveries()).toBe(2);
    const clientSecret = new SecretValue('another');
    authenticator.replace({ tokens: [], users: [], issuers: [issuer({ login: { ...login, clientSecret } })] });
    await begin(authenticator);
    expect(discoveries()).toBe(3);
    authenticator.replace({ tokens: [], users: [], issuers: [issuer()] });
    await begin(authenticator);
    expect(discoveries()).toBe(4);
  });

  it('are known beside one another', async () => {
    const authenticator = open(issuer(), issuer({ id: 'second', issuer: 'https://second.example.com' }));
    expect(await reasonOf(begin(authenticator))).toBe('let in');
    expect(await reasonOf(begin(authenticator, 'second'))).toBe('unavailable');
    expect(await reasonOf(begin(authenticator))).toBe('let in');
    expect(asksFor('/.well-known/openid-configuration')).toHaveLength(2);
  });

  it('are asked again five seconds after they failed', async () => {
    const { issuer: right } = document;
    document['issuer'] = 'https://other.example.com';
    const authenticator = open();
    expect(await reasonOf(begin(authenticator))).toBe('unavailable');
    document['issuer'] = right;
    passedMs = 4_999;
    expect(await reasonOf(begin(authenticator))).toBe('unavailable');
    passedMs = 5_000;
    expect(await reasonOf(begin(authenticator))).toBe('let in');
  });
});
