import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Authenticator, createAccessToken, createSecretId, hashAccessToken, hashPassword } from '@coffer/access';
import { KeyRing } from '@coffer/crypto';
import { SecretValue } from '@coffer/secrets';
import { SignJWT } from 'jose';
import { listen, rawRequest } from '../fixture/raw-request.js';
import { openTestApi, type TestApi } from '../fixture/test-api.js';

const grants = [{ tenant: 'main', namespace: 'company', permissions: ['resolve', 'list'] }] as const;
const folder = mkdtempSync(join(tmpdir(), 'coffer-vault-login-'));
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const secretId = createSecretId();
const token = createAccessToken();
const EXPIRES_MS = Date.now() + 7_200_000;

const jwt = (audience = 'coffer'): Promise<string> =>
  new SignJWT({ sub: 'job' })
    .setProtectedHeader({ alg: 'ES256', kid: 'k' })
    .setIssuer('https://id.example.com')
    .setAudience(audience)
    .setNotBefore('-1m')
    .setIssuedAt()
    .setExpirationTime('10m')
    .sign(privateKey);

let api: TestApi;
beforeAll(async () => {
  const file = join(folder, 'jwks.json');
  writeFileSync(file, JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k' }] }));
  const ring = await KeyRing.derive([
    { id: 'k', secret: new SecretValue(randomBytes(32).toString('base64')), active: true },
  ]);
  const credentials = {
    tokens: [{ id: 'ci', hash: hashAccessToken(ring, token), grants, expiresAtMs: EXPIRES_MS }],
    users: [{ username: 'ann/b', passwordHash: new SecretValue(await hashPassword(new SecretValue('right'))), grants }],
    roles: [
      { id: 'deploy', grants, tokenTtlMs: 600_000, secretIds: [{ id: 'one', hash: hashAccessToken(ring, secretId) }] },
    ],
    issuers: [
      {
        ...{ id: 'idp', issuer: 'https://id.example.com', audience: ['coffer'], keys: { kind: 'file', file } as const },
        ...{ algorithms: ['ES256'], clockSkewMs: 0, notBefore: 'required', subjectClaim: 'sub' },
        bindings: [
          {
            when: [{ claim: 'sub', patterns: ['*'] }],
            grants: [{ ...grants[0], namespace: { text: 'company', parts: ['company'] } }],
          },
        ],
      },
    ],
  } satisfies ConstructorParameters<typeof Authenticator>[1];
  const throttle = { failures: 1_000, windowMs: 60_000 };
  const authenticator = new Authenticator(ring, credentials, { throttle });
  api = await openTestApi({ authenticator, vault: {} });
});
afterAll(async () => {
  await api.app.close();
  rmSync(folder, { recursive: true });
});

interface Body {
  readonly auth: { readonly client_token: string; readonly lease_duration: number; readonly metadata: object };
  readonly data: {
    readonly ttl: number;
    readonly expire_time: string;
    readonly display_name: string;
    readonly id: string;
  };
  readonly errors: readonly string[];
  readonly warnings: readonly string[] | null;
}
const ask = async (method: 'GET' | 'POST' | 'PUT', path: string, payload?: object, shown?: string) => {
  const headers = shown === undefined ? {} : { 'x-vault-token': shown };
  const answer = await api.app.inject({ method, url: `/v1/auth/${path}`, headers, ...(payload && { payload }) });
  return { status: answer.statusCode, body: answer.body === '' ? ({} as Body) : answer.json<Body>() };
};

describe.each<[string, string, () => Promise<object>, object, string, number]>([
  [
    'approle',
    'approle/login',
    async () => ({ role_id: 'deploy', secret_id: secretId.reveal() }),
    { secret_id: 'coffer_secret_no' },
    'role:deploy',
    600,
  ],
  ['jwt', 'jwt/login', async () => ({ role: 'x', jwt: await jwt() }), { jwt: 'ey.ey.ey' }, 'jwt:idp:job', 600],
  [
    'kubernetes',
    'kubernetes/login',
    async () => ({ role: 'x', jwt: await jwt() }),
    { jwt: token.reveal() },
    'jwt:idp:job',
    600,
  ],
  [
    'userpass',
    'userpass/login/ann%2Fb',
    async () => ({ password: 'right' }),
    { password: 'hunter2' },
    'user:ann/b',
    3_600,
  ],
])('a log-in by %s', (_method, path, right, wrong, principal, lifetime) => {
  it.each(['POST', 'PUT'] as const)('by %s gives a token that says whose it is and for how long', async (method) => {
    const { status, body } = await ask(method, path, await right());
    expect(status).toBe(200);
    const { client_token: given, lease_duration: lease } = body.auth;
    expect(body.auth).toMatchObject({
      renewable: false,
      token_type: 'service',
      policies: ['main/company:resolve,list'],
    });
    expect(lifetime - lease).toBeLessThan(60);
    const looked = await ask('GET', 'token/lookup-self', undefined, given);
    expect(looked.body.data).toMatchObject({ display_name: principal, id: given, type: 'service' });
    expect((await ask(method, 'token/lookup-self', undefined, given)).body.data.id).toBe(given);
    expect(lifetime - looked.body.data.ttl).toBeLessThan(120);
    expect(Date.parse(looked.body.data.expire_time)).toBeGreaterThan(Date.now());
    const renewal = await ask(method, 'token/renew-self', {}, given);
    expect([renewal.status, renewal.body.errors]).toEqual([400, ['lease is not renewable']]);
    const url = '/v1/secret/metadata/company?list=true';
    expect((await api.app.inject({ url, headers: { authorization: `Bearer ${given}` } })).statusCode).toBe(404);
    expect(
      api
        .audited()
        .filter(({ action }) => action === 'access.login')
        .at(-1),
    ).toMatchObject({ principal });
    expect((await ask(method, 'token/revoke-self', undefined, given)).status).toBe(204);
    const after = await ask('GET', 'token/lookup-self', undefined, given);
    expect(after.status).toBe(given.startsWith('ey') ? 200 : 403);
  });

  it('is refused as Vault refuses it, and shows nothing', async () => {
    const { status, body } = await ask('POST', path, { ...(await right()), ...wrong });
    expect([status, body.errors[0]]).toEqual(
      {
        approle: [400, 'invalid role or secret ID'],
        jwt: [400, 'error validating token'],
        kubernetes: [403, 'permission denied'],
        userpass: [400, 'invalid username or password'],
      }[path.split('/')[0] ?? ''],
    );
    for (const text of Object.values(wrong)) expect(JSON.stringify(body)).not.toContain(text);
    expect((await ask('POST', path, {})).status).toBe(400);
  });
});

it('what a log-in does not know is said in a warning', async () => {
  const right = { role_id: 'deploy', secret_id: secretId.reveal() };
  expect((await ask('POST', 'approle/login', right)).body.warnings).toBeNull();
  const { body } = await ask('POST', 'approle/login', { ...right, num_uses: 1, 'coffer secret': 'a' });
  expect(body.warnings).toEqual(['Endpoint ignored these unrecognized parameters: [? num_uses]']);
});

it('a token of another issuer’s audience lets nobody in', async () => {
  expect((await ask('POST', 'jwt/login', { jwt: await jwt('other') })).status).toBe(400);
});

it('a token of the configuration ends with it alone', async () => {
  const { body } = await ask('GET', 'token/lookup-self', undefined, token.reveal());
  expect([body.data.display_name, body.data.expire_time]).toEqual(['token:ci', new Date(EXPIRES_MS).toISOString()]);
  const revoked = await ask('POST', 'token/revoke-self', undefined, token.reveal());
  expect([revoked.status, revoked.body.errors[0]]).toEqual([400, expect.stringContaining('coffer.access')]);
  expect((await ask('GET', 'token/lookup-self', undefined, token.reveal())).status).toBe(200);
});

it('two tokens that differ let nobody in, whichever comes first', async () => {
  const right = token.reveal();
  const port = await listen(api.app);
  const statusOf = async (shown: string | string[]): Promise<number> => {
    const request = { method: 'GET', path: '/v1/auth/token/lookup-self', headers: { 'x-vault-token': shown } };
    return (await rawRequest(port, request)).status;
  };
  for (const shown of [right, [right, right], ['', right], ` ${right}`]) {
    expect([shown, await statusOf(shown)]).toEqual([shown, 200]);
  }
  for (const shown of [
    [right, 'other'],
    ['other', right],
    `${right}, other`,
    `other,${right}`,
    `${right}, Basic Og==`,
  ]) {
    expect([shown, await statusOf(shown)]).toEqual([shown, 403]);
  }
});
