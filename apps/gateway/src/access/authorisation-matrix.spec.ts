import { createSign, generateKeyPairSync, randomBytes, scryptSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Authenticator,
  createAccessToken,
  createSecretId,
  hashAccessToken,
  type Grant,
  type Permission,
  ROLE_TOKEN_PREFIX,
} from '@coffer/access';
import { KeyRing } from '@coffer/crypto';
import type { ReadService } from '@coffer/reads';
import { SecretValue } from '@coffer/secrets';
import { DEFINITIONS } from '../fixture/controllers.js';
import { OidcServer, oidcKey, WEB_CLIENT } from '../fixture/oidc-server.js';
import { listen, rawRequest } from '../fixture/raw-request.js';
import { openTestApi, type TestApi } from '../fixture/test-api.js';
import { TestTls } from '../fixture/test-tls.js';
import { Visitor } from '../fixture/visitor.js';
import { fullPaths, type EndpointDefinition } from '../http/endpoint/endpoint.js';

/** What each route needs, by hand from the specification: the declarations of the routes are what is tried. */
const NEEDS: Readonly<
  Record<
    string,
    'nothing' | 'a name' | 'its own page' | 'its own token' | readonly ['tenant' | 'namespace', ...Permission[]]
  >
> = {
  front: 'nothing',
  live: 'nothing',
  ready: 'nothing',
  readyWrites: 'nothing',
  consoleRedirect: 'nothing',
  consoleIndex: 'nothing',
  consoleFile: 'nothing',
  metrics: 'a name',
  openapi: 'a name',
  whoami: 'a name',
  explainAccess: 'a name',
  listAccess: ['tenant', 'admin'],
  listSignInMethods: 'nothing',
  logIn: 'nothing',
  signIn: 'its own page',
  signOut: 'its own page',
  startLogin: 'nothing',
  endLogin: 'nothing',
  listSecrets: ['tenant', 'list'],
  listNamespaceSecrets: ['namespace', 'list'],
  inheritedSecrets: ['namespace', 'list'],
  searchSecrets: ['tenant', 'list'],
  listNamespaces: ['tenant', 'list', 'resolve', 'write', 'delete', 'admin'],
  describeNamespace: ['tenant', 'list', 'resolve', 'write', 'delete', 'admin'],
  putSecret: ['namespace', 'write'],
  postSecret: ['namespace', 'write'],
  patchSecret: ['namespace', 'write'],
  deleteSecret: ['namespace', 'delete'],
  resolveSecret: ['namespace', 'resolve'],
  resolveBatch: ['namespace', 'resolve'],
  resolveAll: ['namespace', 'resolve'],
  putValue: ['namespace', 'write'],
  deleteValue: ['namespace', 'delete'],
  showSystem: ['tenant', 'admin'],
  compareNamespaces: ['tenant', 'resolve'],
  watchEvents: ['tenant', 'list'],
  changeSecrets: ['tenant', 'write', 'delete'],
  dropCached: ['namespace', 'write'],
  ignoreDrift: ['namespace', 'write'],
  regardDrift: ['namespace', 'write'],
  getOperation: ['tenant', 'list', 'resolve', 'write', 'delete', 'admin'],
  listDeadLetters: ['tenant', 'admin'],
  replayDeadLetter: ['tenant', 'admin'],
  discardDeadLetter: ['tenant', 'admin'],
  listUndeliveredEvents: ['tenant', 'admin'],
  replayUndeliveredEvent: ['tenant', 'admin'],
  discardUndeliveredEvent: ['tenant', 'admin'],
  searchAudit: ['tenant', 'admin'],
  searchAuditLogs: ['tenant', 'admin'],
  hashForAudit: ['tenant', 'admin'],
  vaultHealth: 'nothing',
  vaultInit: 'nothing',
  vaultSealStatus: 'nothing',
  vaultLeader: 'nothing',
  listVaultMounts: 'a name',
  readVaultMount: 'a name',
  vaultAppRoleLogin: 'nothing',
  putVaultAppRoleLogin: 'nothing',
  vaultJwtLogin: 'nothing',
  putVaultJwtLogin: 'nothing',
  vaultKubernetesLogin: 'nothing',
  putVaultKubernetesLogin: 'nothing',
  vaultUserLogin: 'nothing',
  putVaultUserLogin: 'nothing',
  postVaultRenewSelf: 'a name',
  putVaultRenewSelf: 'a name',
  postVaultRevokeSelf: 'its own token',
  putVaultRevokeSelf: 'its own token',
  lookUpVaultSelf: 'a name',
  postVaultLookUpSelf: 'a name',
  putVaultLookUpSelf: 'a name',
  readVaultData: ['namespace', 'resolve'],
  putVaultData: ['namespace', 'write'],
  postVaultData: ['namespace', 'write'],
  patchVaultData: ['namespace', 'write'],
  deleteVaultData: ['namespace', 'delete'],
  putVaultDeletion: ['namespace', 'delete'],
  postVaultDeletion: ['namespace', 'delete'],
  putVaultUndeletion: ['namespace', 'write'],
  postVaultUndeletion: ['namespace', 'write'],
  putVaultDestruction: ['namespace', 'delete'],
  postVaultDestruction: ['namespace', 'delete'],
  listVaultMetadata: ['tenant', 'list'],
  readVaultMetadata: ['tenant', 'list'],
  putVaultMetadata: ['namespace', 'write'],
  postVaultMetadata: ['namespace', 'write'],
  patchVaultMetadata: ['namespace', 'write'],
  deleteVaultMetadata: ['namespace', 'delete'],
};

const TENANTS = ['main', 'other'] as const;
const OWN = 'company.team';
/** Its own, a child, its parent, a sibling, one of the same beginning, and a foreign one. */
const NAMESPACES = [OWN, `${OWN}.app`, 'company', 'company.other', `${OWN}s`, 'foreign'] as const;
const PERMISSIONS_ASKED: readonly Permission[] = ['list', 'resolve', 'write', 'delete', 'admin'];
const SCOPES = [
  { tenant: 'main', namespace: OWN },
  { tenant: 'main', namespace: '*' },
  { tenant: '*', namespace: OWN },
  { tenant: '*', namespace: '*' },
] as const;

interface Caller {
  readonly name: string;
  readonly grant: Grant;
}
const CALLERS: readonly Caller[] = SCOPES.flatMap((scope, at) =>
  PERMISSIONS_ASKED.map((permission) => ({
    name: `${permission}-${at}`,
    grant: { ...scope, permissions: [permission] },
  })),
);

interface Asked {
  readonly definition: EndpointDefinition;
  readonly url: string;
  readonly tenant: string;
  readonly namespace: string | undefined;
}
const asked: readonly Asked[] = DEFINITIONS.filter(({ id }) => !String(NEEDS[id]).startsWith('its own ')).flatMap(
  (definition: EndpointDefinition) =>
    fullPaths(definition).flatMap((path) =>
      (path.includes('{tenant}') ? TENANTS : (['main'] as const)).flatMap((tenant) =>
        (path.includes('{namespace}') ? NAMESPACES : [undefined]).map((namespace) => ({
          definition,
          tenant,
          namespace,
          // A stream does not end by itself: one that is let in is refused for its query.
          url: `${path}${definition.id === 'watchEvents' ? '?nothing' : ''}`
            .replace('{tenant}', tenant)
            .replace('{namespace}', namespace ?? '')
            .replace('{key}', 'KEY')
            .replace('{path}', definition.id === 'readVaultMount' ? 'secret' : `${OWN}/KEY`)
            .replace('{id}', 'op-0'),
        })),
      ),
    ),
);

/** By segments, from the words of the specification alone. */
const isAllowed = ({ definition, tenant, namespace }: Asked, { grant }: Caller): boolean => {
  const needs = NEEDS[definition.id];
  if (needs === undefined) throw new Error(`the specification says nothing about ${definition.id}`);
  if (typeof needs === 'string') return true;
  const [where, ...permissions] = needs;
  if (!permissions.some((permission) => grant.permissions.includes(permission))) return false;
  if (grant.tenant !== '*' && grant.tenant !== tenant) return false;
  if (where === 'tenant' || grant.namespace === '*') return true;
  const segments = (namespace ?? '').split('.');
  return grant.namespace.split('.').every((segment, at) => segments[at] === segment);
};

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwt = (sub: string): string => {
  const now = Math.floor(Date.now() / 1_000);
  const claims = { iss: 'https://id.example.com', aud: 'coffer', sub, nbf: now - 60, exp: now + 3_600 };
  const text = [{ alg: 'ES256', kid: 'k' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = createSign('sha256').update(text).sign({ key: privateKey, dsaEncoding: 'ieee-p1363' }, 'base64url');
  return `${text}.${signature}`;
};
const unpadded = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
/** All users have the same password. */
const passwordHash = ((): SecretValue => {
  const salt = randomBytes(16);
  const hash = scryptSync('right', salt, 32, { N: 2 ** 14, r: 8, p: 1 });
  return new SecretValue(`$scrypt$ln=14,r=8,p=1$${unpadded(salt)}$${unpadded(hash)}`);
})();

// A denial is an error, and Jest has each of them keep a hundred frames, which nobody reads here.
Error.stackTraceLimit = 0;

const folder = mkdtempSync(join(tmpdir(), 'coffer-matrix-'));
const tokens = new Map(
  CALLERS.flatMap(({ name }) => [name, `${name}-bound`]).map((id) => [id, createAccessToken().reveal()]),
);
const secretIds = new Map(
  CALLERS.flatMap(({ name }) => [name, `${name}-bound`]).map((id) => [id, createSecretId()] as const),
);
const roleTokens = new Map<string, string>();
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const sessions = new Map<string, string>();
/** As a page of the console sends it. */
const ownPage = (session: string) => ({
  ...{ cookie: `coffer=${session}`, 'x-coffer-csrf': '1', 'sec-fetch-site': 'same-origin' },
});
/** How each kind of credential is sent. */
const KINDS: Readonly<Record<string, (name: string) => Record<string, string>>> = {
  'an access token': (name) => bearer(tokens.get(name) ?? ''),
  'a token that ends and is bound to addresses': (name) => bearer(tokens.get(`${name}-bound`) ?? ''),
  'a user': (name) => ({ authorization: `Basic ${btoa(`${name}:right`)}` }),
  'a token of a role': (name) => bearer(roleTokens.get(name) ?? ''),
  'a token of a role that is bound to addresses': (name) => bearer(roleTokens.get(`${name}-bound`) ?? ''),
  'a JSON Web Token': (name) => bearer(jwt(name)),
  'a JSON Web Token in a cookie': (name) => ({ cookie: `JWT=${jwt(name)}` }),
  'a session of a token': (name) => ownPage(sessions.get(name) ?? ''),
  'a session of a user': (name) => ownPage(sessions.get(`${name}-user`) ?? ''),
  'a session begun by an issuer': (name) => ownPage(sessions.get(`${name}-issuer`) ?? ''),
};

/** One for each caller, whom the claim names. */
const bindingsBy = (claim: string) =>
  CALLERS.map(({ name, grant: { namespace, ...rest } }) => ({
    when: [{ claim, patterns: [name] }],
    grants: [{ ...rest, namespace: { text: namespace, parts: [namespace] } }],
  }));

const tls = new TestTls('optional');

const reads: Pick<ReadService, 'resolve' | 'cached'> = {
  cached: ({ path, visible }) =>
    visible(path.namespace)
      ? {
          ...{ path, value: new SecretValue('x'), version: 'v', revision: 1 },
          cacheStatus: { source: 'l1', remainingTtlMs: 1_500 },
        }
      : undefined,
  resolve: (call) => {
    const found = reads.cached(call);
    if (found === undefined) throw new Error('only what may be seen is asked for');
    return found;
  },
};

const oidcKeys = [oidcKey('first')];
let idp: OidcServer;
let api: TestApi;
let port: number;
let overTls: TestApi;
let tlsPort: number;

/** Everybody, one after the other, in a browser of their own. */
const logInAll = async (login: string): Promise<void> => {
  idp.redirectUris = [`${login}/callback`];
  idp.rotate(oidcKeys);
  for (const { name } of CALLERS) {
    idp.person = { id: name, claims: {} };
    const visitor = new Visitor();
    await visitor.get(await visitor.follow(`${login}/start`, `${login}/callback`));
    sessions.set(`${name}-issuer`, visitor.cookies.get('coffer') ?? '');
  }
};

beforeAll(async () => {
  idp = await OidcServer.start(oidcKeys);
  const file = join(folder, 'jwks.json');
  writeFileSync(file, JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k' }] }));
  const ring = await KeyRing.derive([
    { id: 'k', secret: new SecretValue(randomBytes(32).toString('base64')), active: true },
  ]);
  const secretHash = (id: string): string => hashAccessToken(ring, secretIds.get(id) ?? createSecretId());
  const hashOf = (id: string): string => hashAccessToken(ring, new SecretValue(tokens.get(id) ?? ''));
  const authenticator = new Authenticator(
    ring,
    {
      tokens: CALLERS.flatMap(({ name, grant }) => [
        { id: name, hash: hashOf(name), grants: [grant] },
        {
          ...{ id: `${name}-bound`, hash: hashOf(`${name}-bound`), grants: [grant] },
          ...{ expiresAtMs: Date.now() + 3_600_000, cidrs: ['127.0.0.0/8'] },
        },
      ]),
      users: CALLERS.map(({ name, grant }) => ({ username: name, passwordHash, grants: [grant] })),
      roles: CALLERS.map(({ name, grant }) => ({
        ...{ id: name, grants: [grant], tokenTtlMs: 3_600_000 },
        secretIds: [
          { id: 'one', hash: secretHash(name) },
          { id: 'bound', hash: secretHash(`${name}-bound`), cidrs: ['127.0.0.0/8'] },
        ],
      })),
      issuers: [
        {
          ...{
            id: 'idp',
            issuer: 'https://id.example.com',
            audience: ['coffer'],
            keys: { kind: 'file', file } as const,
          },
          ...{ algorithms: ['ES256'], clockSkewMs: 0, notBefore: 'required', subjectClaim: 'sub' },
          bindings: bindingsBy('sub'),
        },
        {
          ...{ id: 'people', issuer: idp.issuer, audience: ['coffer'], algorithms: ['RS256'], clockSkewMs: 0 },
          ...{ notBefore: 'optional', subjectClaim: 'sub', bindings: bindingsBy('sub') },
          keys: { kind: 'discovery', address: `${idp.issuer}/.well-known/openid-configuration` },
          login: {
            ...{ clientId: WEB_CLIENT.clientId, clientSecret: new SecretValue(WEB_CLIENT.clientSecret) },
            scopes: ['openid'],
          },
        },
      ],
      certificates: [{ id: 'clients', subjectClaim: 'subject/CN', bindings: bindingsBy('subject/CN') }],
    },
    { throttle: { failures: 1_000_000, windowMs: 60_000 } },
  );
  for (const { name } of CALLERS) {
    const from = { address: '127.0.0.1' };
    const byToken = await authenticator.signIn({ token: new SecretValue(tokens.get(name) ?? '') }, from);
    const byUser = await authenticator.signIn({ username: name, password: new SecretValue('right') }, from);
    sessions.set(name, byToken.cookie.value.reveal()).set(`${name}-user`, byUser.cookie.value.reveal());
  }
  for (const [id, secretId] of secretIds) {
    const role = id.replace(/-bound$/, '');
    roleTokens.set(id, authenticator.logIn(role, secretId, { address: '127.0.0.1' }).token.reveal());
  }
  api = await openTestApi({ authenticator, reads, vault: {} });
  port = await listen(api.app);
  await logInAll(`http://127.0.0.1:${port}/session/issuers/people`);
  overTls = await openTestApi({ authenticator, reads, tls: tls.listener, vault: {} });
  tlsPort = await listen(overTls.app);
});
afterAll(async () => {
  await api.app.close();
  await overTls.app.close();
  idp.close();
  tls.remove();
  rmSync(folder, { recursive: true });
});

/** Vault does not tell those whom it does not know from those who may not. */
const unknownTo = ({ face }: EndpointDefinition): string => (face === 'vault' ? 'denied' : 'unknown');

const outcomeOf = (status: number): string => (status === 401 ? 'unknown' : status === 403 ? 'denied' : 'allowed');

it('the specification knows every route, and no other', () => {
  expect(Object.keys(NEEDS).sort()).toEqual([...new Set(DEFINITIONS.map(({ id }) => id))].sort());
});

type Send = (each: Asked) => Promise<number>;

/** Asks for everything as everybody. `as` makes what a caller sends with. */
const expectAsSpecified = async (as: (caller: Caller) => Send): Promise<void> => {
  const wrong: string[] = [];
  let [allowed, denied] = [0, 0];
  for (const caller of CALLERS) {
    const send = as(caller);
    for (const each of asked) {
      const status = await send(each);
      const expected = isAllowed(each, caller) ? 'allowed' : 'denied';
      if (expected === 'allowed') allowed += 1;
      else denied += 1;
      if (outcomeOf(status) !== expected)
        wrong.push(`${caller.name} ${each.definition.id} ${each.url}: ${status}, not ${expected}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(Math.min(allowed, denied)).toBeGreaterThan(500);
};

it.each(Object.keys(KINDS))('%s opens on every route what its one grant says, and nothing else', async (kind) => {
  await expectAsSpecified(({ name }) => {
    let shownTo: EndpointDefinition | undefined;
    let headers: Record<string, string> = {};
    return async ({ definition, url }) => {
      // Each route is asked first with what is new, where a kind makes it anew, then with what was verified before.
      if (definition !== shownTo) headers = KINDS[kind]?.(name) ?? {};
      shownTo = definition;
      return (await api.app.inject({ method: definition.method, url, headers })).statusCode;
    };
  });
});

it('a client certificate opens on every route what its one grant says, and no more by the fast path', async () => {
  await expectAsSpecified(({ name }) => {
    const client = tls.client(tlsPort, tls.clients.issue(name));
    return async ({ definition: { method }, url }) => {
      const first = (await client.get(url, {}, method)).status;
      const second = method === 'GET' ? (await client.get(url, {}, method)).status : first;
      expect([url, outcomeOf(second)]).toEqual([url, outcomeOf(first)]);
      return first;
    };
  });
});

it('a client certificate that no binding is for opens what is open to everybody, and nothing else', async () => {
  const client = tls.client(tlsPort, tls.clients.issue('nobody'));
  for (const { definition, url } of asked) {
    const { status } = await client.get(url, {}, definition.method);
    expect([url, outcomeOf(status)]).toEqual([
      url,
      NEEDS[definition.id] === 'nothing' ? 'allowed' : unknownTo(definition),
    ]);
  }
});

it.each(Object.keys(KINDS))('%s opens no more by the fast path, over a connection', async (kind) => {
  const values = asked.filter(
    ({ definition }) => definition.id === 'resolveSecret' || definition.id === 'readVaultData',
  );
  for (const caller of CALLERS.filter(({ grant }) => grant.permissions.includes('resolve'))) {
    const headers = KINDS[kind]?.(caller.name) ?? {};
    for (const each of [...values, ...values]) {
      const { status } = await rawRequest(port, { method: 'GET', path: each.url, headers });
      expect([each.url, outcomeOf(status)]).toEqual([each.url, isAllowed(each, caller) ? 'allowed' : 'denied']);
    }
  }
});

it.each(Object.keys(KINDS))(
  '%s neither lets a page of another origin sign in or out, nor is needed for it',
  async (kind) => {
    const [caller] = CALLERS;
    if (caller === undefined) throw new Error('there is no caller');
    const { 'x-coffer-csrf': _own, 'sec-fetch-site': _site, ...credential } = KINDS[kind]?.(caller.name) ?? {};
    const payload = { token: tokens.get(caller.name) };
    const send = async (headers: Record<string, string>): Promise<readonly number[]> => {
      const signedIn = await api.app.inject({ method: 'POST', url: '/session', headers, payload });
      return [signedIn.statusCode, (await api.app.inject({ method: 'DELETE', url: '/session', headers })).statusCode];
    };
    for (const page of [{}, { 'x-coffer-csrf': '1' }, { 'x-coffer-csrf': '1', 'sec-fetch-site': 'same-site' }]) {
      expect(await send({ ...credential, ...page })).toEqual([403, 403]);
    }
    const { cookie: _cookie, ...page } = ownPage('');
    expect(await send(page)).toEqual([201, 204]);
  },
);

it.each<[string, Record<string, string>]>([
  ['nothing', {}],
  ['an unknown token', bearer(createAccessToken().reveal())],
  ['a secret id', bearer(secretIds.get('list-0')?.reveal() ?? '')],
  ['a token of no role', bearer(`${ROLE_TOKEN_PREFIX}AAAA`)],
  ['a JSON Web Token that no binding is for', bearer(jwt('nobody'))],
  ['a cookie that no binding is for', { cookie: `JWT=${jwt('nobody')}` }],
  ['a session that was made up', ownPage('A'.repeat(200))],
])('%s opens what is open to everybody, and nothing else', async (_what, headers) => {
  for (const { definition, url } of asked) {
    const { statusCode } = await api.app.inject({ method: definition.method, url, headers });
    expect([url, outcomeOf(statusCode)]).toEqual([
      url,
      NEEDS[definition.id] === 'nothing' ? 'allowed' : unknownTo(definition),
    ]);
  }
});
