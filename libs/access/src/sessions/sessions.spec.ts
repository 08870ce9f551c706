import { randomBytes, scryptSync } from 'node:crypto';
import { KeyRing } from '@coffer/crypto';
import { CofferError, SecretValue, type Clock } from '@coffer/secrets';
import { createAccessToken } from '../access-token.js';
import { Authenticator } from '../authenticator.js';
import type { Credentials, TokenCredential, UserCredential } from '../credentials.js';
import type { Grant } from '../principal.js';
import { spellingsOf } from '../spellings.fixture.js';
import { hashAccessToken } from '../token-hash.js';
import { EndedSessions } from './ended-sessions.js';
import { SessionSealer } from './session-sealer.js';
import { SESSION_IDLE_MS, SESSION_LIFETIME_MS } from './sessions.js';

// Scrypt takes seconds on a busy machine.
jest.setTimeout(180_000);

const HOME = '192.0.2.1';
const MINUTE_MS = 60_000;
const GRANTS: Grant[] = [{ tenant: 'main', namespace: 'company', permissions: ['list'] }];

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
const user = (password: string): UserCredential => {
  const salt = randomBytes(16);
  const hash = scryptSync(password, salt, 32, { N: 2 ** 14, r: 8, p: 1 });
  const passwordHash = new SecretValue(`$scrypt$ln=14,r=8,p=1$${unpadded(salt)}$${unpadded(hash)}`);
  return { username: 'ann', passwordHash, grants: GRANTS };
};

let ring: KeyRing;
let nowMs = 0;
const clock: Clock = { monotonic: () => nowMs, wall: () => 1_800_000_000_000 + nowMs };
const token = createAccessToken();
const entry = (more: Partial<TokenCredential> = {}): TokenCredential => ({
  ...{ id: 'ci', hash: hashAccessToken(ring, token), grants: GRANTS },
  ...more,
});
const open = (credentials: Partial<Credentials>, keys = ring): Authenticator =>
  new Authenticator(keys, { tokens: [], users: [], ...credentials }, { clock });

beforeAll(async () => {
  ring = await KeyRing.derive([
    { id: 'k', secret: new SecretValue(Buffer.alloc(32, 7).toString('base64')), active: true },
  ]);
});

const codeOf = async (attempt: Promise<unknown>): Promise<string> => {
  try {
    await attempt;
    return 'let in';
  } catch (error) {
    return CofferError.is(error) ? error.code : String(error);
  }
};
const signIn = async (gateway: Authenticator): Promise<string> =>
  (await gateway.signIn({ token }, { address: HOME })).cookie.value.reveal();
/** As a browser does: a cookie that it is given takes the place of the one it has. */
const browse = async (gateway: Authenticator, cookie: string): Promise<string> =>
  (await gateway.sessions.resume(cookie, HOME)).cookie?.value.reveal() ?? cookie;

describe('a session', () => {
  it('says who it is of and until when, and counts with every process that has the same keys', async () => {
    const { principal, cookie } = await open({ tokens: [entry()] }).signIn({ token }, { address: HOME });
    const now = clock.wall();
    expect(principal).toMatchObject({
      id: 'token:ci',
      grants: [{ namespace: 'company' }],
      session: { expiresAtMs: now + SESSION_LIFETIME_MS, idleAtMs: now + SESSION_IDLE_MS },
    });
    expect(cookie.maxAgeMs).toBe(SESSION_IDLE_MS);
    const other = open({ tokens: [entry()] });
    const resumed = await other.sessions.resume(cookie.value.reveal(), HOME);
    expect(resumed.principal).toEqual(principal);
    expect(resumed.cookie).toBeUndefined();
  });

  it('ends 30 minutes after the last request', async () => {
    const gateway = open({ tokens: [entry()] });
    let cookie = await signIn(gateway);
    for (let minutes = 0; minutes < 58; minutes += 29) {
      nowMs += 29 * MINUTE_MS;
      const renewed = await browse(gateway, cookie);
      expect(renewed).not.toBe(cookie);
      cookie = renewed;
    }
    nowMs += 30 * MINUTE_MS - 1;
    expect(await codeOf(gateway.sessions.resume(cookie, HOME))).toBe('let in');
    nowMs += 1;
    expect(await codeOf(gateway.sessions.resume(cookie, HOME))).toBe('unauthorized');
  });

  it('is given a new cookie a minute after the last one', async () => {
    const gateway = open({ tokens: [entry()] });
    const cookie = await signIn(gateway);
    nowMs += MINUTE_MS - 1;
    expect((await gateway.sessions.resume(cookie, HOME)).cookie).toBeUndefined();
    nowMs += 1;
    expect((await gateway.sessions.resume(cookie, HOME)).cookie).toBeDefined();
  });

  it('says that it ends with its token, at the time that this has now', async () => {
    const gateway = open({ tokens: [entry()] });
    const cookie = await signIn(gateway);
    const expiresAtMs = clock.wall() + 5 * MINUTE_MS;
    gateway.replace({ tokens: [entry({ expiresAtMs })], users: [] });
    const { principal } = await gateway.sessions.resume(cookie, HOME);
    expect(principal.session).toEqual({ expiresAtMs, idleAtMs: expiresAtMs });
  });

  it('ends 8 hours after it began, however busy it is', async () => {
    const gateway = open({ tokens: [entry()] });
    let cookie = await signIn(gateway);
    for (let minutes = 0; minutes < 8 * 60 - 10; minutes += 10) {
      nowMs += 10 * MINUTE_MS;
      cookie = await browse(gateway, cookie);
    }
    const { principal, cookie: last } = await gateway.sessions.resume(cookie, HOME);
    expect([last, principal.session?.idleAtMs]).toEqual([undefined, clock.wall() + 10 * MINUTE_MS]);
    nowMs += 10 * MINUTE_MS - 1;
    expect(await codeOf(gateway.sessions.resume(cookie, HOME))).toBe('let in');
    nowMs += 1;
    expect(await codeOf(gateway.sessions.resume(cookie, HOME))).toBe('unauthorized');
  });

  it('ends with the token that it was begun with, at the time that this ends', async () => {
    const gateway = open({ tokens: [entry({ expiresAtMs: clock.wall() + 10 * MINUTE_MS })] });
    const { principal, cookie } = await gateway.signIn({ token }, { address: HOME });
    expect(cookie.maxAgeMs).toBe(10 * MINUTE_MS);
    expect(principal.session?.expiresAtMs).toBe(clock.wall() + 10 * MINUTE_MS);
    nowMs += 10 * MINUTE_MS;
    expect(await codeOf(gateway.sessions.resume(cookie.value.reveal(), HOME))).toBe('unauthorized');
  });

  it.each<[string, () => Partial<Credentials>, string]>([
    ['is as it was', () => ({ tokens: [entry()] }), 'let in'],
    ['has other grants', () => ({ tokens: [entry({ grants: [] })] }), 'let in'],
    ['is revoked', () => ({ tokens: [] }), 'unauthorized'],
    [
      'is another one of the same id',
      () => ({ tokens: [entry({ hash: hashAccessToken(ring, createAccessToken()) })] }),
      'unauthorized',
    ],
    ['is told to expire at once', () => ({ tokens: [entry({ expiresAtMs: clock.wall() })] }), 'unauthorized'],
    ['is bound to addresses elsewhere', () => ({ tokens: [entry({ cidrs: ['198.51.100.0/24'] })] }), 'unauthorized'],
    ['is bound to addresses here', () => ({ tokens: [entry({ cidrs: ['192.0.2.0/24'] })] }), 'let in'],
  ])('of a token that by an edit %s', async (_what, after, expected) => {
    const gateway = open({ tokens: [entry()] });
    const cookie = await signIn(gateway);
    gateway.replace({ tokens: [], users: [], ...after() });
    expect(await codeOf(gateway.sessions.resume(cookie, HOME))).toBe(expected);
  });

  it('has the grants that the configuration gives now', async () => {
    const gateway = open({ tokens: [entry()] });
    const cookie = await signIn(gateway);
    gateway.replace({
      tokens: [entry({ grants: [{ tenant: 'main', namespace: 'b', permissions: ['list'] }] })],
      users: [],
    });
    expect((await gateway.sessions.resume(cookie, HOME)).principal.grants).toMatchObject([{ namespace: 'b' }]);
  });

  it('of a user ends with the user, and with the password', async () => {
    const ann = user('right');
    const gateway = open({ users: [ann] });
    const { principal, cookie } = await gateway.signIn(
      { username: 'ann', password: new SecretValue('right') },
      { address: HOME },
    );
    expect(principal.id).toBe('user:ann');
    const outcome = () => codeOf(gateway.sessions.resume(cookie.value.reveal(), HOME));
    expect(await outcome()).toBe('let in');
    gateway.replace({ tokens: [], users: [user('right')] });
    expect(await outcome()).toBe('unauthorized');
    gateway.replace({ tokens: [], users: [ann] });
    expect(await outcome()).toBe('let in');
    gateway.replace({ tokens: [], users: [] });
    expect(await outcome()).toBe('unauthorized');
  });

  it('that was signed out never counts again, by an older or a newer cookie of it either', async () => {
    const gateway = open({ tokens: [entry()] });
    const first = await signIn(gateway);
    nowMs += 5 * MINUTE_MS;
    const second = await browse(gateway, first);
    const other = await signIn(gateway);
    expect((await gateway.sessions.end(first, HOME))?.id).toBe('token:ci');
    for (const cookie of [first, second])
      expect(await codeOf(gateway.sessions.resume(cookie, HOME))).toBe('unauthorized');
    expect(await codeOf(gateway.sessions.resume(other, HOME))).toBe('let in');
    expect(await gateway.sessions.end(first, HOME)).toBeUndefined();
  });

  it('is nothing but what was sealed, for this', async () => {
    const gateway = open({ tokens: [entry()] });
    const cookie = await signIn(gateway);
    const bytes = Buffer.from(cookie, 'base64url');
    const changed = [...bytes.keys()].map((at) => {
      const copy = Buffer.from(bytes);
      copy.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      return copy.toString('base64url');
    });
    const otherKind = new SessionSealer(ring).seal('login', { format: 1 }).reveal();
    const spelled = spellingsOf(cookie, '');
    for (const forged of [
      ...changed,
      ...spelled,
      cookie.slice(1),
      `${cookie}AA`,
      '',
      'x',
      otherKind,
      'A'.repeat(5_000),
    ]) {
      expect(await codeOf(gateway.sessions.resume(forged, HOME))).toBe('unauthorized');
    }
    const otherKeys = await KeyRing.derive([
      { id: 'k', secret: new SecretValue(randomBytes(32).toString('base64')), active: true },
    ]);
    const elsewhere = open({ tokens: [{ ...entry(), hash: hashAccessToken(otherKeys, token) }] }, otherKeys);
    expect(await codeOf(elsewhere.sessions.resume(cookie, HOME))).toBe('unauthorized');
  });

  it('says nothing to whoever has the cookie alone', async () => {
    const cookie = await signIn(open({ tokens: [entry()] }));
    const text = Buffer.from(cookie, 'base64url').toString('latin1');
    for (const part of ['token', 'ci', token.reveal(), 'source']) expect(text).not.toContain(part);
  });
});

describe('signing in', () => {
  it.each([
    ['a token that is not known', () => ({ token: createAccessToken() })],
    ['a text that is no token', () => ({ token: new SecretValue('x') })],
    ['two tokens', () => ({ token: new SecretValue(`${token.reveal()}, ${token.reveal()}`) })],
    ['a user who is not there', () => ({ username: 'nobody', password: new SecretValue('x') })],
    ['a wrong password', () => ({ username: 'ann', password: new SecretValue('wrong') })],
    ['a user name with a colon', () => ({ username: 'ann:right', password: new SecretValue('') })],
  ])('by %s is refused', async (_what, presented) => {
    const gateway = open({ tokens: [entry()], users: [user('right')] });
    expect(await codeOf(gateway.signIn(presented(), { address: HOME }))).toBe('unauthorized');
  });

  it('is throttled by address and user together with requests that failed', async () => {
    const gateway = open({ users: [user('right')] });
    const wrong = () =>
      codeOf(gateway.signIn({ username: 'ann', password: new SecretValue('wrong') }, { address: HOME }));
    const request = () => codeOf(gateway.authenticate({ authorization: `Basic ${btoa('ann:wrong')}`, address: HOME }));
    for (let count = 0; count < 5; count += 1)
      expect([await wrong(), await request()]).toEqual(Array(2).fill('unauthorized'));
    expect([await wrong(), await request()]).toEqual(['throttled', 'throttled']);
    const right = { username: 'ann', password: new SecretValue('right') };
    expect(await codeOf(gateway.signIn(right, { address: '198.51.100.7' }))).toBe('let in');
  });

  it.each([
    ['wrong tokens', () => createAccessToken()],
    ['texts that are no tokens', () => new SecretValue('x')],
  ])('with %s is throttled by address', async (_what, presented) => {
    const gateway = open({ tokens: [entry()] });
    const wrong = (address = HOME) => codeOf(gateway.signIn({ token: presented() }, { address }));
    for (let count = 0; count < 10; count += 1) expect(await wrong()).toBe('unauthorized');
    expect([await wrong(), await codeOf(gateway.signIn({ token }, { address: HOME }))]).toEqual([
      'throttled',
      'let in',
    ]);
    expect(await wrong('198.51.100.7')).toBe('unauthorized');
  });

  it('by a text that is no token is told what a token looks like', async () => {
    const attempt = open({ tokens: [entry()] }).signIn({ token: new SecretValue('x') }, { address: HOME });
    await expect(attempt).rejects.toThrow(/begin with coffer_/);
  });

  it('begins a session or is refused, at whatever moment the user is taken away', async () => {
    const ann = user('right');
    const right = { username: 'ann', password: new SecretValue('right') };
    const gateway = open({ users: [ann] });
    await gateway.signIn(right, { address: HOME });
    const outcomes = new Set<string>();
    for (let turns = 0; turns < 20; turns += 1) {
      const attempt = codeOf(gateway.signIn(right, { address: HOME }));
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      gateway.replace({ tokens: [], users: [] });
      outcomes.add(await attempt);
      gateway.replace({ tokens: [], users: [ann] });
      await gateway.signIn(right, { address: HOME });
    }
    expect([...outcomes].sort()).toEqual(['let in', 'unauthorized']);
  });
});

describe('what is remembered of sessions that were signed out', () => {
  const ending = (at: number) => ({ id: `s${at}`, beganAtMs: at, expiresAtMs: at + 1_000 });

  it('is bounded, and what was forgotten does not count either', () => {
    const ended = new EndedSessions(10);
    for (const at of [5, 1, 9, 3, 7, 2, 8, 4, 6, 10, 11, 12]) ended.add(ending(at), 0);
    expect(ended.size).toBe(10);
    for (let at = 1; at <= 12; at += 1) expect([at, ended.has(ending(at))]).toEqual([at, true]);
    expect(ended.has({ id: 'other', beganAtMs: 2 })).toBe(true);
    expect(ended.has({ id: 'other', beganAtMs: 3 })).toBe(false);
  });

  it('is given up first where the session would have ended by itself', () => {
    const ended = new EndedSessions(10);
    for (let at = 1; at <= 10; at += 1) ended.add(ending(at), 0);
    ended.add(ending(2_000), 1_500);
    expect([ended.size, ended.has({ id: 'other', beganAtMs: 1 })]).toEqual([1, false]);
  });

  it('is all kept while there is room, and given up from the moment on at which it would have ended', () => {
    const ended = new EndedSessions(2);
    for (const at of [1, 2]) ended.add(ending(at), 5_000);
    expect([ended.size, ended.forgotten]).toEqual([2, 0]);
    ended.add(ending(9_000), 1_001);
    expect([ended.size, ended.forgotten, ended.has(ending(1)), ended.has(ending(2))]).toEqual([2, 0, false, true]);
  });
});
