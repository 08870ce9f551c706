import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Authenticator,
  createAccessToken,
  createSecretId,
  hashAccessToken,
  PERMISSIONS,
  type Credentials,
  type Grant,
  type Permission,
} from '@coffer/access';
import { KeyRing } from '@coffer/crypto';
import { SecretValue } from '@coffer/secrets';
import { SignJWT } from 'jose';
import { openTestApi, type TestApi } from '../fixture/test-api.js';

const HOUR_MS = 3_600_000;
const KEY = randomBytes(32);
const NAMESPACES = ['company', 'company.team', 'company.team.app', 'company.other', 'finance'];
const PAST = Date.now() - HOUR_MS;

/** Somebody, as explained and as they call. `undefined` for a header that nobody can have. */
interface Caller {
  readonly name: string;
  readonly asked: object;
  readonly authorization: string | undefined;
}

const folder = mkdtempSync(join(tmpdir(), 'coffer-explain-'));
const root = createAccessToken();
const tokens = { ci: createAccessToken(), glass: createAccessToken(), ended: createAccessToken() };
const secretId = createSecretId();
const callers: Caller[] = [];
let api: TestApi;

const grant = (namespace: string, ...permissions: Permission[]): Grant => ({ tenant: 'main', namespace, permissions });
const bearer = (token: SecretValue): string => `Bearer ${token.reveal()}`;

const credentialsOf = (ring: KeyRing): Credentials => {
  const secretIds = [{ id: 'one', hash: hashAccessToken(ring, secretId) }];
  const over = [{ id: 'one', hash: hashAccessToken(ring, createSecretId()), expiresAtMs: PAST }];
  const role = { grants: [grant('company.team', 'resolve', 'write')], tokenTtlMs: HOUR_MS };
  const breakGlass = { reason: 'INC-42', expiresAtMs: Date.now() + HOUR_MS, grants: [grant('finance', 'resolve')] };
  return {
    tokens: [
      { id: 'root', hash: hashAccessToken(ring, root), grants: [{ ...grant('*', ...PERMISSIONS), tenant: '*' }] },
      { id: 'ci', hash: hashAccessToken(ring, tokens.ci), grants: [grant('company.team', 'list', 'resolve')] },
      { id: 'glass', hash: hashAccessToken(ring, tokens.glass), grants: [grant('company', 'delete')] },
      {
        ...{ id: 'ended', hash: hashAccessToken(ring, tokens.ended), grants: [grant('company', 'resolve')] },
        expiresAtMs: PAST,
      },
    ],
    users: [],
    roles: [
      { id: 'deploy', ...role, secretIds },
      { id: 'over', ...role, secretIds: over },
      { id: 'empty', ...role, secretIds: [] },
    ],
    issuers: [
      {
        ...{ id: 'idp', issuer: 'https://id.example.com', audience: ['coffer'], algorithms: ['HS256'] },
        keys: { kind: 'file', file: join(folder, 'jwks.json') },
        ...{ clockSkewMs: 0, notBefore: 'optional', subjectClaim: 'sub' },
        bindings: [
          {
            when: [{ claim: 'team', patterns: ['*'] }],
            grants: [
              {
                tenant: 'main',
                namespace: { text: '', parts: ['company.', { claim: 'team', filter: 'path' }] },
                permissions: ['resolve', 'list', 'admin'],
              },
            ],
          },
        ],
      },
    ],
    breakGlass: [
      { id: 'glass', to: 'token:glass', ...breakGlass },
      { id: 'ended', to: 'token:ended', ...breakGlass },
      { id: 'jwt', to: 'jwt:idp:ann', ...breakGlass },
    ],
  };
};

const addJwt = async (name: string, claims: object): Promise<void> => {
  const token = await new SignJWT({ ...claims, iss: 'https://id.example.com', aud: 'coffer' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(KEY);
  callers.push({ name, asked: { issuer: 'idp', claims }, authorization: `Bearer ${token}` });
};

beforeAll(async () => {
  writeFileSync(
    join(folder, 'jwks.json'),
    JSON.stringify({ keys: [{ kty: 'oct', alg: 'HS256', k: KEY.toString('base64url') }] }),
  );
  const ring = await KeyRing.derive([
    { id: 'k', secret: new SecretValue(randomBytes(32).toString('base64')), active: true },
  ]);
  const authenticator = new Authenticator(ring, credentialsOf(ring));
  authenticator.recordBreakGlass(async () => true);
  api = await openTestApi({ authenticator });
  for (const namespace of NAMESPACES) {
    const headers = { authorization: bearer(root) };
    const payload = { key: 'KEY', value: 'v' };
    await api.app.inject({ method: 'PUT', url: `/api/v1/main/namespaces/${namespace}/secrets`, headers, payload });
  }
  for (const [id, token] of Object.entries(tokens)) {
    callers.push({ name: id, asked: { principal: `token:${id}` }, authorization: bearer(token) });
  }
  const { token } = authenticator.logIn('deploy', secretId, { address: '127.0.0.1' });
  callers.push({ name: 'deploy', asked: { principal: 'role:deploy' }, authorization: bearer(token) });
  for (const id of ['over', 'empty']) {
    callers.push({ name: id, asked: { principal: `role:${id}` }, authorization: undefined });
  }
  await addJwt('a JWT', { sub: 'bob', team: 'team' });
  await addJwt('a JWT of several teams', { sub: 'bob', team: ['team.app', 'other', '*', '..', ''] });
  await addJwt('a JWT without a subject', { team: 'team' });
  await addJwt('a JWT of a subject with a line break', { sub: 'a\nb', team: 'team' });
  await addJwt('a JWT of a subject that is an object', { sub: { a: 1 }, team: 'team' });
  await addJwt('a JWT of a long subject', { sub: 'x'.repeat(257), team: 'team' });
  await addJwt('a JWT that no binding is for, with a break-glass grant', { sub: 'ann' });
  await addJwt('a JWT with a break-glass grant', { sub: 'ann', team: 'team' });
});
afterAll(async () => {
  await api.app.close();
  rmSync(folder, { recursive: true });
});

/** A call that needs the permission there, and that changes nothing for the calls after it. */
const callOf = (permission: Permission, namespace: string) => {
  const secrets = `/api/v1/main/namespaces/${namespace}/secrets`;
  const calls = {
    list: { method: 'GET', url: secrets },
    resolve: { method: 'GET', url: `/coffer/v1/main/namespaces/${namespace}/values/KEY` },
    write: { method: 'PUT', url: secrets, payload: { key: 'KEY', value: 'v' } },
    delete: { method: 'DELETE', url: `${secrets}/ABSENT` },
    admin: {
      ...{ method: 'POST', url: '/coffer/v1/main/access/explain' },
      payload: { permission: 'list', namespace, principal: 'token:root' },
    },
  } as const;
  return calls[permission];
};

/** As many wrong credentials as here would have to wait: each comes from an address of its own. */
let count = 0;
const isLetDo = async (authorization: string, permission: Permission, namespace: string): Promise<boolean> => {
  count += 1;
  const remoteAddress = `10.0.${count >> 8}.${count & 255}`;
  const call = callOf(permission, namespace);
  const { statusCode } = await api.app.inject({ ...call, headers: { authorization }, remoteAddress });
  expect([200, 204, 401, 403, 404]).toContain(statusCode);
  return statusCode !== 401 && statusCode !== 403;
};

it('says of every kind of caller what then happens', async () => {
  const allowed = new Set<string>();
  const differences: string[] = [];
  for (const { name, asked, authorization } of callers) {
    for (const namespace of NAMESPACES) {
      for (const permission of PERMISSIONS) {
        const answer = await api.app.inject({
          ...{ method: 'POST', url: '/coffer/v1/main/access/explain' },
          headers: { authorization: bearer(root) },
          payload: { permission, namespace, ...asked },
        });
        expect(answer.statusCode).toBe(200);
        const said = answer.json<{ allowed: boolean; grants: { verdict: string }[] }>();
        expect(said.grants.some(({ verdict }) => verdict === 'allows')).toBe(said.allowed);
        const done = authorization !== undefined && (await isLetDo(authorization, permission, namespace));
        if (said.allowed !== done)
          differences.push(`${name}: ${permission} in ${namespace} is said to be ${said.allowed}`);
        if (done) allowed.add(name);
      }
    }
  }
  expect(differences).toEqual([]);
  expect([...allowed]).toEqual([
    ...['ci', 'glass', 'deploy', 'a JWT', 'a JWT of several teams', 'a JWT with a break-glass grant'],
  ]);
});

it('says why nobody is let in', async () => {
  const verdicts = async (name: string, namespace: string) => {
    const answer = await api.app.inject({
      ...{ method: 'POST', url: '/coffer/v1/main/access/explain' },
      headers: { authorization: bearer(root) },
      payload: { permission: 'resolve', namespace, ...callers.find((caller) => caller.name === name)?.asked },
    });
    return answer.json<{ grants: { verdict: string }[] }>().grants.map(({ verdict }) => verdict);
  };
  expect(await verdicts('ended', 'company')).toEqual(['no-credential']);
  expect(await verdicts('ended', 'finance')).toEqual(['no-credential']);
  for (const role of ['over', 'empty']) expect(await verdicts(role, 'company.team')).toEqual(['no-credential']);
  expect(await verdicts('a JWT without a subject', 'company.team')).toEqual(['no-subject']);
  expect(await verdicts('a JWT that no binding is for, with a break-glass grant', 'finance')).toEqual(['no-binding']);
});
