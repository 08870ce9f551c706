import { randomBytes, scryptSync } from 'node:crypto';
import { Authenticator, createAccessToken, hashAccessToken, type Permission } from '@coffer/access';
import type { AuditDestination } from '@coffer/audit';
import { KeyRing } from '@coffer/crypto';
import { SecretValue, type Clock } from '@coffer/secrets';
import type { LightMyRequestResponse } from 'fastify';
import { openTestApi, type TestApi } from '../fixture/test-api.js';

// Scrypt takes seconds on a busy machine.
jest.setTimeout(120_000);

const WHOAMI = '/coffer/v1/main/whoami';
const SECRETS = '/api/v1/main/namespaces/company/secrets';
const OWN_PAGE = { 'x-coffer-csrf': '1', 'sec-fetch-site': 'same-origin' };

const token = createAccessToken();
const unpadded = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
const passwordHash = (): SecretValue => {
  const salt = randomBytes(16);
  const hash = scryptSync('right', salt, 32, { N: 2 ** 14, r: 8, p: 1 });
  return new SecretValue(`$scrypt$ln=14,r=8,p=1$${unpadded(salt)}$${unpadded(hash)}`);
};
const permissions: Permission[] = ['list', 'resolve', 'write', 'delete', 'admin'];
const grants = [{ tenant: 'main', namespace: '*', permissions }];

let aheadMs = 0;
const clock: Clock = { monotonic: () => performance.now() + aheadMs, wall: () => Date.now() + aheadMs };
let ring: KeyRing;
let authenticator: Authenticator;
let api: TestApi;
let takesRecords = true;
let records = '';
const audit: AuditDestination = {
  open: async () => ({}),
  write: async (text) => {
    if (!takesRecords) throw new Error('full');
    records += text;
  },
  close: async () => undefined,
};
const credentials = () => ({
  tokens: [{ id: 'ci', hash: hashAccessToken(ring, token), grants }],
  users: [{ username: 'ann', passwordHash: hashed, grants }],
});
const hashed = passwordHash();

beforeAll(async () => {
  ring = await KeyRing.derive([{ id: 'k', secret: new SecretValue(randomBytes(32).toString('base64')), active: true }]);
  authenticator = new Authenticator(ring, credentials(), { clock });
  api = await openTestApi({ authenticator, audit, auditTimeoutMs: 200 });
});
afterAll(() => api.app.close());
beforeEach(() => {
  authenticator.replace(credentials());
  aheadMs += 120_000;
  takesRecords = true;
  records = '';
});

type Headers = Readonly<Record<string, string>>;
const signIn = (payload: object = { token: token.reveal() }, headers: Headers = OWN_PAGE) =>
  api.app.inject({ method: 'POST', url: '/session', headers, payload });
const cookieOf = ({ headers }: Pick<LightMyRequestResponse, 'headers'>): string =>
  String(headers['set-cookie']).split(';')[0] ?? '';
const session = async (): Promise<string> => cookieOf(await signIn());
const whoami = (cookie: string, headers: Headers = OWN_PAGE) =>
  api.app.inject({ method: 'GET', url: WHOAMI, headers: { cookie, ...headers } });
const put = (cookie: string, headers: Headers = OWN_PAGE) =>
  api.app.inject({ method: 'PUT', url: SECRETS, headers: { cookie, ...headers }, payload: { key: 'KEY', value: 'x' } });
const signOut = (cookie: string, headers: Headers = OWN_PAGE) =>
  api.app.inject({ method: 'DELETE', url: '/session', headers: { cookie, ...headers } });
const audited = () =>
  records
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, string>)
    .filter(({ request }) => request !== undefined)
    .map(({ principal, credential, action, decision, outcome }) => ({
      principal,
      credential,
      action,
      decision,
      outcome,
    }));

describe('signing in', () => {
  it.each([
    ['a token', { token: token.reveal() }, 'token:ci'],
    ['a user and password', { username: 'ann', password: 'right' }, 'user:ann'],
  ])('by %s gives a cookie that counts in place of it', async (_what, payload, principal) => {
    const answer = await signIn(payload);
    expect([answer.statusCode, answer.json().principal, answer.headers['cache-control']]).toEqual([
      201,
      principal,
      'no-store',
    ]);
    expect(String(answer.headers['set-cookie'])).toMatch(
      /^coffer=[\w-]{100,}; Path=\/; Max-Age=1800; HttpOnly; SameSite=Strict$/,
    );
    const mine = await whoami(cookieOf(answer));
    expect([mine.statusCode, mine.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(mine.json()).toEqual({
      ...{ principal, credential: expect.stringMatching(/^[\w-]{22}$/), session: answer.json().session },
      grants: [expect.objectContaining({ tenant: 'main', namespace: '*' })],
    });
    const { until, idleUntil } = answer.json().session;
    expect(Date.parse(until) - Date.parse(idleUntil)).toBe(7.5 * 3_600_000);
    expect((await put(cookieOf(answer))).statusCode).toBe(200);
  });

  it('over TLS gives a cookie that is bound to this host, and then no other counts', async () => {
    const secure = { 'x-forwarded-proto': 'https' };
    const behind = await openTestApi({ authenticator, trustedProxies: ['127.0.0.1'] });
    const answer = await behind.app.inject({
      ...{ method: 'POST', url: '/session', headers: { ...OWN_PAGE, ...secure }, payload: { token: token.reveal() } },
    });
    expect(String(answer.headers['set-cookie'])).toMatch(
      /^__Host-coffer=[\w-]{100,}; Path=\/; Max-Age=1800; HttpOnly; SameSite=Strict; Secure$/,
    );
    const cookie = cookieOf(answer);
    const status = async (sent: string, headers: Headers) =>
      (await behind.app.inject({ method: 'GET', url: WHOAMI, headers: { ...OWN_PAGE, ...headers, cookie: sent } }))
        .statusCode;
    expect(await status(cookie, secure)).toBe(200);
    expect(await status(cookie.replace('__Host-', ''), secure)).toBe(401);
    expect(await status(cookie, {})).toBe(401);
    await behind.app.close();
    // Nobody but a trusted proxy is believed.
    expect(cookieOf(await signIn(undefined, { ...OWN_PAGE, ...secure }))).toMatch(/^coffer=/);
  });

  it.each<[string, object]>([
    ['nothing', {}],
    ['both', { token: 'coffer_x', username: 'ann', password: 'right' }],
    ['a user without a password', { username: 'ann' }],
    ['something else', { token: 'coffer_x', key: 'KEY' }],
    ['a number', { token: 7 }],
  ])('with %s is refused, and nothing of it is repeated', async (_what, payload) => {
    const answer = await signIn(payload);
    expect([answer.statusCode, answer.headers['set-cookie']]).toEqual([422, undefined]);
    expect(answer.body).not.toMatch(/coffer_x|ann|right/);
  });

  it('takes no more than 8 KiB from anybody', async () => {
    expect((await signIn({ token: 'x'.repeat(9_000) })).statusCode).toBe(413);
  });

  it('with what is wrong is 401 without a dialogue of the browser, and is throttled', async () => {
    const from = { ...OWN_PAGE, 'x-forwarded-for': '203.0.113.1' };
    const answers = [];
    for (let count = 0; count < 11; count += 1)
      answers.push(await signIn({ username: 'ann', password: 'wrong' }, from));
    const [first, last] = [answers[0], answers[10]];
    expect([first?.statusCode, first?.headers['www-authenticate']]).toEqual([401, 'Bearer realm="coffer"']);
    expect([last?.statusCode, last?.json().code]).toEqual([429, 'login-throttled']);
    expect(Number(last?.headers['retry-after'])).toBeGreaterThan(0);
    expect(answers.every(({ headers }) => headers['set-cookie'] === undefined)).toBe(true);
  });

  it.each<[string, Headers, boolean]>([
    ['a client that is no browser', {}, true],
    ['an address that was typed', { 'sec-fetch-site': 'none' }, true],
    ['a page of this origin', { 'sec-fetch-site': 'same-origin' }, false],
    ['a page of another origin', { 'sec-fetch-site': 'same-site' }, false],
    ['a page that sends the header', { 'x-coffer-csrf': '1' }, false],
  ])('has the browser ask for a password at the request of %s: %s', async (_who, headers, asks) => {
    const { statusCode, headers: sent } = await api.app.inject({ method: 'GET', url: WHOAMI, headers });
    expect([statusCode, String(sent['www-authenticate']).includes('Basic')]).toEqual([401, asks]);
  });

  it('ends the session that the browser had', async () => {
    const first = await session();
    const second = cookieOf(await signIn(undefined, { ...OWN_PAGE, cookie: first }));
    expect([(await whoami(first)).statusCode, (await whoami(second)).statusCode]).toEqual([401, 200]);
  });
});

describe('a session', () => {
  it('is renewed by what the browser does, and says so', async () => {
    const first = await session();
    expect((await whoami(first)).headers['set-cookie']).toBeUndefined();
    aheadMs += 25 * 60_000;
    const renewed = cookieOf(await whoami(first));
    aheadMs += 25 * 60_000;
    expect([(await whoami(first)).statusCode, (await whoami(renewed)).statusCode]).toEqual([401, 200]);
  });

  it('ends by an edit that takes its token away', async () => {
    const cookie = await session();
    authenticator.replace({ ...credentials(), tokens: [] });
    expect((await whoami(cookie)).statusCode).toBe(401);
  });

  it('gives way to credentials in a header', async () => {
    const cookie = await session();
    const user = { ...OWN_PAGE, authorization: `Basic ${btoa('ann:right')}` };
    expect((await whoami(cookie, user)).json().principal).toBe('user:ann');
    const wrong = { ...OWN_PAGE, authorization: `Bearer ${createAccessToken().reveal()}` };
    expect((await whoami(cookie, wrong)).statusCode).toBe(401);
  });

  it('does not count beside another one of the same name', async () => {
    const cookie = await session();
    expect((await whoami(`${cookie}; coffer=other`)).statusCode).toBe(401);
    expect((await whoami(`${cookie}; ${cookie}`)).statusCode).toBe(200);
  });

  it('of a URL counts nowhere, nor does a token there', async () => {
    const cookie = await session();
    const value = cookie.replace('coffer=', '');
    for (const query of [`coffer=${value}`, `token=${token.reveal()}`, `access_token=${token.reveal()}`]) {
      const answer = await api.app.inject({ method: 'GET', url: `${WHOAMI}?${query}`, headers: OWN_PAGE });
      expect([query, answer.statusCode]).toEqual([query, 401]);
    }
  });
});

describe('a session that was signed out', () => {
  it('counts no more, and its cookie is taken away', async () => {
    const cookie = await session();
    const answer = await signOut(cookie);
    expect([answer.statusCode, String(answer.headers['set-cookie'])]).toEqual([
      204,
      'coffer=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict',
    ]);
    expect((await whoami(cookie)).statusCode).toBe(401);
    expect((await signOut(cookie)).statusCode).toBe(204);
    expect((await api.app.inject({ method: 'DELETE', url: '/session', headers: OWN_PAGE })).statusCode).toBe(204);
  });
});

const host = 'coffer.example.com';
describe('the cookie of a session with a request', () => {
  it.each<[string, Headers, number, number]>([
    ['of a page of this origin', OWN_PAGE, 200, 200],
    ['of such a page without the header', { 'sec-fetch-site': 'same-origin', origin: `https://${host}` }, 401, 200],
    ['of such a page with another header', { ...OWN_PAGE, 'x-coffer-csrf': '0' }, 401, 200],
    ['of an address that was typed', { 'sec-fetch-site': 'none' }, 401, 200],
    ['of an address that was typed, with the header', { ...OWN_PAGE, 'sec-fetch-site': 'none' }, 401, 200],
    ['of a page of a sibling domain', { ...OWN_PAGE, 'sec-fetch-site': 'same-site' }, 401, 401],
    ['of a page of another site', { ...OWN_PAGE, 'sec-fetch-site': 'cross-site' }, 401, 401],
    ['of a word that is not known', { ...OWN_PAGE, 'sec-fetch-site': 'other' }, 401, 401],
    ['of a client that is no browser', {}, 401, 401],
    ['of a client with the header alone', { 'x-coffer-csrf': '1' }, 401, 200],
    ['of a page of this origin over HTTP', { 'x-coffer-csrf': '1', origin: `http://${host}` }, 200, 200],
    ['of a form of this origin over HTTP', { origin: `http://${host}` }, 401, 401],
    ['of a page of another origin over HTTP', { 'x-coffer-csrf': '1', origin: 'http://evil.example.com' }, 401, 401],
    ['of a page of another port over HTTP', { 'x-coffer-csrf': '1', origin: `http://${host}:81` }, 401, 401],
    ['of a page without an origin', { 'x-coffer-csrf': '1', origin: 'null' }, 401, 401],
  ])('%s: write %s, read', async (_who, headers, write, read) => {
    const cookie = await session();
    expect((await put(cookie, { host, ...headers })).statusCode).toBe(write);
    expect((await whoami(cookie, { host, ...headers })).statusCode).toBe(read);
    const isOwn = write === 200;
    expect((await signOut(cookie, { host, ...headers })).statusCode).toBe(isOwn ? 204 : 403);
    expect((await whoami(cookie)).statusCode).toBe(isOwn ? 401 : 200);
    expect((await signIn(undefined, { host, ...headers })).statusCode).toBe(isOwn ? 201 : 403);
  });
});

describe('the audit', () => {
  it('has who signed in and out, by the id of the session, and what was done between', async () => {
    const cookie = await session();
    const id = (await whoami(cookie)).json().credential;
    await signOut(cookie);
    const common = { principal: 'token:ci', credential: id, decision: 'allow', outcome: 'ok' };
    expect(audited()).toEqual(
      ['session.sign-in', 'access.whoami', 'session.sign-out'].map((action) => ({ ...common, action })),
    );
    expect(records).not.toContain(cookie.replace('coffer=', ''));
  });

  it.each<[string, object, Headers, string]>([
    ['who was not let in', { username: 'ann', password: 'no-such-password' }, OWN_PAGE, 'unauthorized'],
    [
      'what a page of another origin tried',
      { token: token.reveal() },
      { ...OWN_PAGE, 'sec-fetch-site': 'cross-site' },
      'forbidden',
    ],
  ])('has %s, and nothing that they wrote', async (_what, payload, headers, outcome) => {
    await signIn(payload, headers);
    expect(audited()).toEqual([
      { ...{ principal: undefined, credential: undefined, action: 'session.sign-in' }, decision: 'deny', outcome },
    ]);
    await signIn({ key: 'written-by-anybody' }, headers);
    expect(records).not.toMatch(/no-such-password|written-by-anybody|coffer_/);
  });

  it('that takes no record lets nobody in', async () => {
    takesRecords = false;
    const answer = await signIn();
    expect([answer.statusCode, answer.json().code, answer.headers['set-cookie']]).toEqual([
      503,
      'audit-unavailable',
      undefined,
    ]);
  });
});

it('tells how somebody may sign in', async () => {
  const methods = async () => (await api.app.inject({ method: 'GET', url: '/session/methods' })).json<unknown>();
  expect(await methods()).toEqual({ issuers: [], token: true, password: true });
  authenticator.replace({ tokens: [], users: [] });
  expect(await methods()).toEqual({ issuers: [], token: false, password: false });
});
