import { randomBytes } from 'node:crypto';
import { Authenticator, createSecretId, hashAccessToken } from '@coffer/access';
import { KeyRing } from '@coffer/crypto';
import { SecretValue } from '@coffer/secrets';
import { openTestApi, type TestApi } from '../fixture/test-api.js';

const LOG_IN = '/coffer/v1/main/access/login';
const secretId = createSecretId();
let api: TestApi;
let authenticator: Authenticator;
beforeEach(async () => {
  const secret = new SecretValue(randomBytes(32).toString('base64'));
  const ring = await KeyRing.derive([{ id: 'k', secret, active: true }]);
  const grants = [{ tenant: 'main', namespace: 'company', permissions: ['list' as const] }];
  const secretIds = [{ id: 'runner', hash: hashAccessToken(ring, secretId) }];
  const roles = [{ id: 'deploy', grants, tokenTtlMs: 60_000, secretIds }];
  authenticator = new Authenticator(
    ring,
    { tokens: [], users: [], roles },
    { throttle: { failures: 3, windowMs: 60_000 } },
  );
  api = await openTestApi({ authenticator });
});
afterEach(() => api.app.close());

const logIn = (payload: object) => api.app.inject({ method: 'POST', url: LOG_IN, payload });

it('gives a token that lets in, with records of both', async () => {
  const answer = await logIn({ role: 'deploy', secretId: secretId.reveal() });
  expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-store']);
  const { token, tokenType, expires } = answer.json<Record<string, string>>();
  expect(tokenType).toBe('Bearer');
  const leftMs = Date.parse(expires ?? '') - Date.now();
  expect(leftMs).toBeGreaterThan(0);
  expect(leftMs).toBeLessThanOrEqual(60_000);
  const headers = { authorization: `Bearer ${token}` };
  const whoami = await api.app.inject({ method: 'GET', url: '/coffer/v1/main/whoami', headers });
  expect(whoami.json()).toMatchObject({ principal: 'role:deploy', credential: 'runner' });
  expect(api.audited()).toMatchObject([
    { action: 'access.login', principal: 'role:deploy', credential: 'runner', decision: 'allow', outcome: 'ok' },
    { action: 'access.whoami', principal: 'role:deploy', credential: 'runner' },
  ]);
  expect(JSON.stringify(api.audited())).not.toContain(secretId.reveal());
});

it('fails as other log-ins do, with a record, and without a word of what was sent', async () => {
  const wrong = { role: 'deploy', secretId: createSecretId().reveal() };
  for (const payload of [wrong, { ...wrong, role: 'absent' }]) {
    const answer = await logIn(payload);
    expect([answer.statusCode, answer.json()['code']]).toEqual([401, 'unauthorized']);
    expect(answer.body).not.toContain(payload.secretId);
  }
  expect(api.audited()).toMatchObject([
    { action: 'access.login', decision: 'deny', outcome: 'unauthorized' },
    { action: 'access.login', decision: 'deny', outcome: 'unauthorized' },
  ]);
  await logIn(wrong);
  await logIn(wrong);
  const throttled = await logIn(wrong);
  expect([throttled.statusCode, throttled.json()['code']]).toEqual([429, 'login-throttled']);
  expect(Number(throttled.headers['retry-after'])).toBeGreaterThan(0);
  expect((await logIn({ role: 'deploy', secretId: secretId.reveal() })).statusCode).toBe(200);
});

it.each<[string, object]>([
  ['no secret id', { role: 'deploy' }],
  ['an empty role', { role: '', secretId: 'x' }],
  ['a long secret id', { role: 'deploy', secretId: 'x'.repeat(257) }],
  ['something else', { role: 'deploy', secretId: 'x', canary: 1 }],
])('refuses %s', async (_what, payload) => {
  expect((await logIn(payload)).statusCode).toBe(422);
});
