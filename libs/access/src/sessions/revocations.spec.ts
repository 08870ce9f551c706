import { KeyRing } from '@coffer/crypto';
import { CofferError, SecretValue, type Clock } from '@coffer/secrets';
import { createAccessToken } from '../access-token.js';
import { Authenticator } from '../authenticator.js';
import { hashPassword } from '../password-hash.js';
import { createSecretId } from '../roles/secret-id.js';
import { hashAccessToken } from '../token-hash.js';
import type { Credentials } from '../credentials.js';
import { MAX_ENDED_SESSIONS } from './ended-sessions.js';
import type { Revocation } from './revocations.js';

// Scrypt takes seconds on a busy machine.
jest.setTimeout(180_000);

const HOME = { address: '192.0.2.1' };
const HOUR_MS = 3_600_000;
const grants = [{ tenant: 'main', namespace: 'company', permissions: ['list'] }] as const;
const [token, secretId] = [createAccessToken(), createSecretId()];
const password = new SecretValue('right');

let ring: KeyRing;
let credentials: Credentials;
const nowMs = 0;
const clock: Clock = { monotonic: () => nowMs, wall: () => 1_800_000_000_000 + nowMs };
beforeAll(async () => {
  ring = await KeyRing.derive([
    { id: 'k', secret: new SecretValue(Buffer.alloc(32, 7).toString('base64')), active: true },
  ]);
  const secretIds = [{ id: 'one', hash: hashAccessToken(ring, secretId) }];
  credentials = {
    tokens: [{ id: 'ci', hash: hashAccessToken(ring, token), grants }],
    users: [{ username: 'ann', passwordHash: new SecretValue(await hashPassword(password)), grants }],
    roles: [{ id: 'deploy', grants, tokenTtlMs: HOUR_MS, secretIds }],
  };
});

const open = (): Authenticator => new Authenticator(ring, credentials, { clock });
const outcomeOf = async (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'let in',
    (error: unknown) => (CofferError.is(error) ? error.code : String(error)),
  );

/** The kinds of credentials that an owner can end, and how each is given, shown and ended. */
const KINDS: readonly [
  what: string,
  give: (at: Authenticator) => Promise<string>,
  show: (at: Authenticator, shown: string) => Promise<unknown>,
  end: (at: Authenticator, shown: string) => Promise<unknown>,
][] = [
  [
    'a session',
    async (at) => (await at.signIn({ token }, HOME)).cookie.value.reveal(),
    (at, cookie) => at.sessions.resume(cookie, HOME.address),
    (at, cookie) => at.sessions.end(cookie, HOME.address),
  ],
  [
    'a token of a role',
    async (at) => at.logIn('deploy', secretId, HOME).token.reveal(),
    (at, shown) => at.authenticate({ authorization: `Bearer ${shown}`, ...HOME }),
    (at, shown) => at.presentedTokens.end(shown),
  ],
  [
    'a token of a user',
    async (at) => (await at.logInUser('ann', password, HOME)).token.reveal(),
    (at, shown) => at.authenticate({ authorization: `Bearer ${shown}`, ...HOME }),
    (at, shown) => at.presentedTokens.end(shown),
  ],
];

describe.each(KINDS)('%s that its owner ends', (_what, give, show, end) => {
  it('is published, and refused by a process that takes that in, though it had let it in', async () => {
    const [one, two] = [open(), open()];
    const published: Revocation[] = [];
    one.revocations.publishBy(async (revocation) => void published.push(revocation));
    const [shown, other] = [await give(one), await give(one)];
    expect(await outcomeOf(show(two, shown))).toBe('let in');
    await end(one, shown);
    expect(await outcomeOf(show(one, shown))).toBe('unauthorized');
    expect(await outcomeOf(show(two, shown))).toBe('let in');
    expect(published).toHaveLength(1);
    for (const revocation of published) two.revocations.take(revocation, clock.wall());
    expect(await outcomeOf(show(two, shown))).toBe('unauthorized');
    expect(two.known(`Bearer ${shown}`)).toBeUndefined();
    for (const at of [one, two]) expect(await outcomeOf(show(at, other))).toBe('let in');
  });

  it('is told by what nobody could use', async () => {
    const one = open();
    const published: Revocation[] = [];
    one.revocations.publishBy(async (revocation) => void published.push(revocation));
    const shown = await give(one);
    await end(one, shown);
    expect(published).toEqual([
      { kind: expect.any(String), id: expect.any(String), beganAtMs: clock.wall(), expiresAtMs: expect.any(Number) },
    ]);
    expect(shown).not.toContain(published[0]?.id);
    expect(published[0]?.id.length).toBeLessThanOrEqual(64);
    expect(published[0]?.expiresAtMs).toBeGreaterThan(clock.wall());
  });

  it('is not answered before others are told', async () => {
    const one = open();
    const published = Promise.withResolvers<void>();
    one.revocations.publishBy(() => published.promise);
    const shown = await give(one);
    let ended = false;
    const ending = end(one, shown).then(() => (ended = true));
    expect(await outcomeOf(show(one, shown))).toBe('unauthorized');
    expect(ended).toBe(false);
    published.resolve();
    await ending;
  });
});

it('what has ended by itself is not kept, and memory is told in bytes', () => {
  const { revocations } = open();
  const now = clock.wall();
  revocations.take({ kind: 'session', id: 'old', beganAtMs: now - 2, expiresAtMs: now }, now);
  expect(revocations.memoryOf('session')).toEqual({ bytes: 0, limitBytes: 2_000_000, evictions: 0 });
  for (let at = 0; at <= MAX_ENDED_SESSIONS; at += 1) {
    revocations.take({ kind: 'session', id: `s${at}`, beganAtMs: now + at, expiresAtMs: now + HOUR_MS }, now);
  }
  const { bytes, limitBytes, evictions } = revocations.memoryOf('session');
  expect([bytes <= limitBytes, evictions]).toEqual([true, 101]);
  expect([revocations.sizeOf('session'), revocations.sizeOf('token')]).toEqual([MAX_ENDED_SESSIONS + 1 - 101, 0]);
  expect(revocations.has('session', { id: 's0', beganAtMs: now })).toBe(true);
});
