import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { createAccessToken, createSecretId, hashAccessToken } from '@coffer/access';
import { KeyRing } from '@coffer/crypto';
import { SecretValue } from '@coffer/secrets';
import type { Cluster, Started } from '../../cluster/index.js';
import { until } from '../../harness/index.js';
import { AUDIENCE, ISSUER, JobIssuer, SUBJECT } from '../../vault-clients/target.js';
import { NAMESPACE, OF_METRICS, ShownCredential, type Headers } from './shown-credential.js';

const GRANTS = [{ tenant: 'main', namespace: NAMESPACE, permissions: ['resolve'] }];
const OWN_PAGE: Headers = { 'sec-fetch-site': 'same-origin', 'x-coffer-csrf': '1' };

const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });

/** A credential, and how it comes to its end: `end` returns from when on nobody may let it in, by the wall clock. */
export interface EndingCredential {
  readonly shown: ShownCredential;
  /** As workers and coordinators are shown it; absent where it is none for them. */
  readonly shownElsewhere?: ShownCredential;
  readonly kind: 'removed from the configuration' | 'expired' | 'ended by its owner';
  end(): Promise<number>;
}

interface Made {
  readonly credentials: readonly EndingCredential[];
  /** A credential of the same role as one that ends; it must go on counting until its own end. */
  readonly sibling: EndingCredential;
  /** Started for them, to be ended with them. */
  readonly others: readonly Started[];
}

/**
 * One credential of each kind and way to end, known to every gateway and answered from its cache. `folder`: for files. `lifetimeMs`: of those that expire, from
 * when they are made on.
 */
export const makeCredentials = async (
  cluster: Cluster,
  folder: string,
  lifetimeMs: number,
  round: number,
): Promise<Made> => {
  const { configuration } = cluster;
  const { id, secret } = configuration.rootKey;
  const ring = await KeyRing.derive([{ id, secret: new SecretValue(secret), active: true }]);
  const addresses = cluster.of('gateway').map(({ address }) => address);
  const [first = ''] = addresses;
  const issuer = new JobIssuer();
  const jwksFile = join(folder, `jwks-${round}.json`);
  writeFileSync(jwksFile, issuer.jwks);

  const named = (name: string): string => `${name}-${round}`;
  const secretIds = { one: createSecretId(), two: createSecretId(), brief: createSecretId(), own: createSecretId() };
  const secretId = (name: keyof typeof secretIds) => ({ id: name, hash: hashAccessToken(ring, secretIds[name]) });
  const tokens = {
    ...{ edited: createAccessToken(), short: createAccessToken() },
    ...{ browser: createAccessToken(), kept: createAccessToken() },
  };
  const tokenEntry = (name: keyof typeof tokens) => ({
    ...{ id: named(name), hash: hashAccessToken(ring, tokens[name]), grants: GRANTS },
  });
  const expiresAtMs = Math.ceil((Date.now() + lifetimeMs) / 1_000) * 1_000;
  const issuerEntry = (name: string, iss: string) => ({
    ...{ id: named(name), issuer: iss, audience: AUDIENCE, jwksFile, algorithms: ['RS256'], clockSkew: '0s' },
    bindings: [{ when: { sub: SUBJECT }, grants: GRANTS }],
  });
  configuration.addAccess({
    tokens: [
      tokenEntry('edited'),
      tokenEntry('browser'),
      tokenEntry('kept'),
      { ...tokenEntry('short'), expires: new Date(expiresAtMs).toISOString() },
    ],
    roles: [
      { id: named('deploy'), grants: GRANTS, secretIds: [secretId('one'), secretId('two')] },
      { id: named('kept'), grants: GRANTS, secretIds: [secretId('own')] },
      { id: named('brief'), grants: GRANTS, tokenTtl: `${lifetimeMs / 1_000}s`, secretIds: [secretId('brief')] },
    ],
    issuers: [issuerEntry('jobs', `${ISSUER}/${round}`), issuerEntry('lasting', `${ISSUER}/lasting/${round}`)],
  });

  // Each has a configuration of its own, as it was when it started.
  const others = [await cluster.start('secret-worker'), await cluster.start('cache-invalidator')];
  const elsewhere = others.map(({ address }) => address);

  const call = async (method: string, path: string, headers: Headers, body?: object): Promise<Response> =>
    fetch(`${first}${path}`, {
      method,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  const logIn = (role: string, name: keyof typeof secretIds) =>
    until(`the role ${role} may log in`, async () => {
      const body = { role: named(role), secretId: secretIds[name].reveal() };
      const answer = await call('POST', '/coffer/v1/main/access/login', {}, body);
      if (answer.status !== 200) return undefined;
      const { token, expires } = (await answer.json()) as { token: string; expires: string };
      return { headers: bearer(token), expiresAtMs: Date.parse(expires) };
    });
  const signIn = (name: keyof typeof tokens) =>
    until('a browser is signed in', async () => {
      const answer = await call('POST', '/session', OWN_PAGE, { token: tokens[name].reveal() });
      const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';');
      return answer.status === 201 && { ...OWN_PAGE, cookie };
    });
  const removed = async (name: string, headers: Headers, remove: () => void): Promise<EndingCredential> => ({
    shown: await ShownCredential.open(addresses, name, headers),
    kind: 'removed from the configuration',
    end: async () => {
      remove();
      return Date.now();
    },
  });
  const expiring = async (name: string, headers: Headers, atMs: number): Promise<EndingCredential> => ({
    shown: await ShownCredential.open(addresses, name, headers),
    kind: 'expired',
    end: async () => atMs,
  });
  /** Asked at one gateway alone. */
  const owned = async (name: string, headers: Headers, method: string, path: string): Promise<EndingCredential> => ({
    shown: await ShownCredential.open(addresses, name, headers),
    // Cookies are for gateways alone.
    ...(headers['authorization'] && {
      shownElsewhere: await ShownCredential.open(elsewhere, name, headers, OF_METRICS),
    }),
    kind: 'ended by its owner',
    end: async () => {
      const askedMs = Date.now();
      const { status } = await call(method, path, headers);
      if (status !== 204) throw new Error(`${method} ${path} was answered ${status}`);
      return askedMs;
    },
  });

  const [one, two, own, brief] = [
    await logIn('deploy', 'one'),
    await logIn('deploy', 'two'),
    await logIn('kept', 'own'),
    await logIn('brief', 'brief'),
  ];
  const jwtUntilMs = Math.floor((Date.now() + lifetimeMs) / 1_000) * 1_000;
  const jwt = (iss: string, more: object = {}): Headers =>
    bearer(issuer.sign({ iss, aud: AUDIENCE, sub: SUBJECT, ...more }));
  const without = (kind: string, name: string) => (): void => configuration.removeAccess(kind, named(name));
  const brief1 = await expiring('a token of a role, by its time', brief.headers, brief.expiresAtMs);
  const credentials = [
    brief1,
    await expiring('an access token, by its time', bearer(tokens.short.reveal()), expiresAtMs),
    await expiring(
      'a JSON Web Token, by its time',
      jwt(`${ISSUER}/lasting/${round}`, { exp: jwtUntilMs / 1_000 }),
      jwtUntilMs,
    ),
    await owned('a session that is signed out', await signIn('kept'), 'DELETE', '/session'),
    await owned('a token of a role that is revoked by its owner', own.headers, 'POST', '/v1/auth/token/revoke-self'),
    await removed('an access token', bearer(tokens.edited.reveal()), without('tokens', 'edited')),
    await removed('the secret id of a token', one.headers, () => configuration.removeSecretId(named('deploy'), 'one')),
    await removed('the token of a session', await signIn('browser'), without('tokens', 'browser')),
    await removed('an issuer', jwt(`${ISSUER}/${round}`), without('issuers', 'jobs')),
  ];
  const sibling = await removed('a role', two.headers, without('roles', 'deploy'));
  const all = [...credentials, sibling].flatMap(({ shown, shownElsewhere = shown }) => [shown, shownElsewhere]);
  await Promise.all([...new Set(all)].map((shown) => shown.countsEverywhere()));
  return { credentials, sibling, others };
};
