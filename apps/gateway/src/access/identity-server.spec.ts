import { createHmac, createPublicKey, randomBytes } from 'node:crypto';
import { Agent, request as requestHttp } from 'node:http';
import { Authenticator, type IssuerCredential } from '@coffer/access';
import { KeyRing } from '@coffer/crypto';
import type { ReadService } from '@coffer/reads';
import { SecretValue, type Clock } from '@coffer/secrets';
import { decodeJwt, SignJWT, importJWK, type JWK } from 'jose';
import { OidcServer, oidcKey } from '../fixture/oidc-server.js';
import { listen } from '../fixture/raw-request.js';
import { openTestApi, type TestApi } from '../fixture/test-api.js';

const HIT = '/coffer/v1/main/namespaces/company.team/values/KEY';
const SIBLING = '/coffer/v1/main/namespaces/company.other/values/KEY';

let routed = 0;
const reads: Pick<ReadService, 'resolve' | 'cached'> = {
  cached: ({ path, visible }) =>
    visible(path.namespace)
      ? {
          ...{ path, value: new SecretValue('x'), version: 'v', revision: 1 },
          cacheStatus: { source: 'l1', remainingTtlMs: 1_500 },
        }
      : undefined,
  resolve: (asked) => {
    routed += 1;
    const found = reads.cached(asked);
    if (found === undefined) throw new Error('only what may be seen is asked for');
    return found;
  },
};

const first = oidcKey('first');
const second = oidcKey('second');
/** How far the time between two readings of the keys is ahead; the wall clock is the identity server's. */
let aheadMs = 0;
/** Stops the wall clock there. */
let stoppedAtMs: number | undefined;
const clock: Clock = {
  monotonic: () => performance.now() + aheadMs,
  wall: () => stoppedAtMs ?? Date.now(),
};

let idp: OidcServer;
let authenticator: Authenticator;
let api: TestApi;
let port: number;
let connections = 0;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

const issuer = (more: Partial<IssuerCredential> = {}): IssuerCredential => ({
  id: 'idp',
  issuer: idp.issuer,
  audience: ['coffer'],
  keys: { kind: 'discovery', address: `${idp.issuer}/.well-known/openid-configuration` },
  algorithms: ['RS256'],
  clockSkewMs: 0,
  notBefore: 'optional',
  subjectClaim: 'sub',
  bindings: [
    {
      when: [{ claim: 'client_id', patterns: ['app'] }],
      grants: [
        {
          tenant: 'main',
          namespace: { text: 'company.{{claims.team}}', parts: ['company.', { claim: 'team', filter: 'segment' }] },
          permissions: ['resolve'],
        },
      ],
    },
  ],
  ...more,
});
const use = (...issuers: IssuerCredential[]): void => authenticator.replace({ tokens: [], users: [], issuers });

beforeAll(async () => {
  idp = await OidcServer.start([first]);
  const ring = await KeyRing.derive([
    { id: 'k', secret: new SecretValue(randomBytes(32).toString('base64')), active: true },
  ]);
  authenticator = new Authenticator(
    ring,
    { tokens: [], users: [], issuers: [issuer()] },
    { clock, throttle: { failures: 1_000, windowMs: 60_000 } },
  );
  api = await openTestApi({ reads, authenticator });
  port = await listen(api.app);
  (api.app.getHttpServer() as { on(event: string, heard: () => void): void }).on(
    'connection',
    () => (connections += 1),
  );
});
afterAll(async () => {
  agent.destroy();
  await api.app.close();
  idp.close();
});
beforeEach(() => {
  aheadMs += 60_000;
  stoppedAtMs = undefined;
  idp.down = false;
  idp.rotate([first]);
  use(issuer());
});

/** Over the one connection that is kept. */
const get = (token: string, path = HIT): Promise<number> =>
  new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, agent, headers: { authorization: `Bearer ${token}` } };
    requestHttp(options, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    })
      .on('error', reject)
      .end();
  });

/** The token of the identity server with claims or a header changed, signed again with its own key. */
const forged = async (claims: object, header: { alg?: string; kid?: string } = {}, key = first): Promise<string> => {
  const payload = { ...decodeJwt(await idp.token()), ...claims };
  const { alg = 'RS256' } = header;
  const signed = new SignJWT(payload).setProtectedHeader({ kid: 'first', ...header, alg });
  return signed.sign(await importJWK({ ...key, alg }, alg));
};

it('lets the client of an identity server read what its claims say, and nothing beside it', async () => {
  const token = await idp.token();
  routed = 0;
  expect([await get(token), routed]).toEqual([200, 1]);
  expect([await get(token), routed]).toEqual([200, 1]);
  expect(await get(token, SIBLING)).toBe(403);
});

it('lets in who is signed by a new key, and nobody by one that was taken away', async () => {
  const before = await idp.token();
  expect(await get(before)).toBe(200);
  idp.rotate([second, first]);
  aheadMs += 60_000;
  const after = await idp.token();
  expect([await get(after), await get(before)]).toEqual([200, 200]);
  idp.rotate([second]);
  aheadMs += 600_000;
  while ((await get(before)) !== 401);
  expect(await get(after)).toBe(200);
  expect(await get(await idp.token())).toBe(200);
});

it('refuses what the identity server did not sign for Coffer', async () => {
  const { alg: _alg, ...bare } = first;
  const pem = createPublicKey({ key: bare, format: 'jwk' }).export({ format: 'pem', type: 'spki' });
  const [, payload = ''] = (await idp.token()).split('.');
  const encode = (header: object): string => Buffer.from(JSON.stringify(header)).toString('base64url');
  const shared = `${encode({ alg: 'HS256', kid: 'first' })}.${payload}`;
  const tokens: Readonly<Record<string, string>> = {
    'an unknown kid': await forged({}, { kid: 'unknown' }),
    'another key': await forged({}, {}, second),
    'another audience': await forged({ aud: 'other' }),
    'another issuer': await forged({ iss: `${idp.issuer}/` }),
    'another algorithm': await forged({}, { alg: 'RS512' }),
    'no algorithm': `${encode({ alg: 'none' })}.${payload}.`,
    'the public key as a secret': `${shared}.${createHmac('sha256', pem).update(shared).digest('base64url')}`,
    'another client': await forged({ client_id: 'other' }),
    'a wildcard for its team': await forged({ team: '*' }),
    'a path for its team': await forged({ team: 'team.other' }),
  };
  expect(await get(await forged({}))).toBe(200);
  for (const [what, token] of Object.entries(tokens)) expect([what, await get(token)]).toEqual([what, 401]);
});

it('lets clocks differ by as much as is configured, and by no more', async () => {
  const token = await idp.token();
  const { exp = 0 } = decodeJwt(token);
  use(issuer({ clockSkewMs: 5_000 }));
  stoppedAtMs = exp * 1_000 + 4_999;
  expect(await get(token)).toBe(200);
  stoppedAtMs = exp * 1_000 + 5_000;
  expect(await get(token)).toBe(401);
});

it('refuses an expired token at once on a connection that is kept, in the midst of cached hits', async () => {
  const token = await idp.token();
  const { exp = 0 } = decodeJwt(token);
  stoppedAtMs = exp * 1_000 - 1;
  expect(await get(token)).toBe(200);
  const [before, routedBefore] = [connections, routed];
  for (let time = 0; time < 20; time += 1) expect(await get(token)).toBe(200);
  expect(routed).toBe(routedBefore);
  stoppedAtMs = exp * 1_000;
  expect(await get(token)).toBe(401);
  expect(connections).toBe(before);
});

it('refuses a remembered token at once when its issuer or its binding goes', async () => {
  const token = await idp.token();
  expect([await get(token), await get(token)]).toEqual([200, 200]);
  const [binding] = issuer().bindings;
  use(issuer({ bindings: [{ ...binding, when: [{ claim: 'client_id', patterns: ['other'] }] } as never] }));
  expect(await get(token)).toBe(401);
  use(issuer());
  expect(await get(token)).toBe(200);
  use();
  expect(await get(token)).toBe(401);
});

it('asks for keys once a minute in a storm of unknown ones', async () => {
  expect(await get(await idp.token())).toBe(200);
  aheadMs += 60_000;
  const asked = idp.keysAsked;
  const tokens = await Promise.all(Array.from({ length: 30 }, (_, at) => forged({}, { kid: `unknown-${at}` })));
  const answers = await Promise.all(
    tokens.map((token) => api.app.inject({ url: HIT, headers: { authorization: `Bearer ${token}` } })),
  );
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(tokens.map(() => 401));
  expect(idp.keysAsked - asked).toBe(1);
});

it('goes on with the keys that it knows while the identity server is away', async () => {
  const [token, later] = [await idp.token(), await forged({ jti: 'later' })];
  expect(await get(token)).toBe(200);
  idp.down = true;
  aheadMs += 60_000;
  expect(await get(await unknownToken())).toBe(401);
  expect(await get(later)).toBe(200);
});

const unknownToken = async (): Promise<string> =>
  new SignJWT({ iss: idp.issuer })
    .setProtectedHeader({ alg: 'RS256', kid: 'x' })
    .sign(await importJWK(second as JWK, 'RS256'));
