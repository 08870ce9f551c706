import { Authenticator, createAccessToken, hashAccessToken } from '@coffer/access';
import { KeyRing } from '@coffer/crypto';
import type { Revocation } from '@coffer/messaging';
import { SecretValue, systemClock } from '@coffer/secrets';
import { authenticatorAfter, followRevocations } from './follow-revocations.js';

const HOUR_MS = 3_600_000;

describe('a process that follows what is ended elsewhere', () => {
  const token = createAccessToken();
  const attempt = { authorization: `Bearer ${token.reveal()}`, address: '127.0.0.1' };
  let authenticator: Authenticator;
  beforeEach(async () => {
    const secret = new SecretValue(Buffer.alloc(32, 7).toString('base64'));
    const ring = await KeyRing.derive([{ id: 'k', secret, active: true }]);
    const grants = [{ tenant: 'main', namespace: '*', permissions: ['list' as const] }];
    authenticator = new Authenticator(ring, {
      tokens: [{ id: 't', hash: hashAccessToken(ring, token), grants }],
      users: [],
    });
  });

  it('takes what comes', async () => {
    const nowMs = Date.now();
    const session: Revocation = { kind: 'session', id: 'a', beganAtMs: nowMs, expiresAtMs: nowMs + HOUR_MS };
    const log = {
      publish: () => Promise.reject(new Error('it publishes nothing')),
      follow: async (listener: (revocation: Revocation) => void) => listener(session),
      close: async () => undefined,
    };
    await followRevocations({ authenticator, messaging: { revocations: log }, clock: systemClock });
    expect(authenticator.revocations.has('session', session)).toBe(true);
    expect(authenticator.revocations.has('session', { ...session, id: 'b' })).toBe(false);
  });

  it('waits for nothing where there is no log', async () => {
    await expect(followRevocations({ authenticator, messaging: {}, clock: systemClock })).resolves.toBeUndefined();
  });

  it('lets nobody in before it knows', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const events: string[] = [];
    const caller = authenticatorAfter(authenticator, promise)
      .authenticate(attempt)
      .then(({ id }) => events.push(id));
    // More turns than an authentication takes.
    for (let turn = 0; turn < 100; turn += 1) await new Promise((next) => setImmediate(next));
    events.push('known');
    resolve();
    await caller;
    expect(events).toEqual(['known', expect.stringContaining('t')]);
  });

  it('lets nobody in where it cannot know', async () => {
    const known = Promise.reject(new Error('no topic'));
    await expect(authenticatorAfter(authenticator, known).authenticate(attempt)).rejects.toThrow('no topic');
  });
});
