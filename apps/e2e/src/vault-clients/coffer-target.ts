import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAccessToken, createSecretId, hashAccessToken, hashPassword, PERMISSIONS } from '@coffer/access';
import { KeyRing } from '@coffer/crypto';
import { SecretValue } from '@coffer/secrets';
import { Cluster, type EncryptionKey } from '../cluster/index.js';
import { removeFolder, scratchFolder, startCoffer, until } from '../harness/index.js';
import { yamlExample } from './guide-examples.js';
import { GITHUB_JOB, GITLAB_JOB } from './job-claims.js';
import { AUDIENCE, ISSUER, JobIssuer, JWT_ROLE, READABLE, SUBJECT, type VaultTarget } from './target.js';

const GRANTS = [{ tenant: 'main', namespace: READABLE, permissions: ['list', 'resolve'] }];
const EVERYTHING = [{ tenant: '*', namespace: '*', permissions: PERMISSIONS }];
const ELSEWHERE = [{ tenant: 'elsewhere', namespace: 'elsewhere', permissions: ['resolve'] }];
const JWKS_FILE = 'jwks.json';
export const VAULT_API = { enabled: true };

export interface CofferTarget extends VaultTarget {
  /** May do nothing that clients ask for. */
  readonly outsiderToken: string;
}

/** `coffer.access` for the log-ins of a target, and what its clients send. */
interface Callers extends Pick<CofferTarget, 'token' | 'readerToken' | 'outsiderToken' | 'logins'> {
  readonly access: Readonly<Record<'tokens' | 'users' | 'roles' | 'issuers', readonly object[]>>;
}

const callersOf = async (key: EncryptionKey, issuer: JobIssuer, folder: string): Promise<Callers> => {
  const ring = await KeyRing.derive([{ id: key.id, secret: new SecretValue(key.secret), active: true }]);
  const [token, reader, outsider] = [createAccessToken(), createAccessToken(), createAccessToken()];
  const secretId = createSecretId();
  const ann = { username: 'ann', password: randomBytes(12).toString('hex') };
  const passwordHash = await hashPassword(new SecretValue(ann.password));
  const jwksFile = join(folder, JWKS_FILE);
  writeFileSync(jwksFile, issuer.jwks);
  return {
    token: token.reveal(),
    readerToken: reader.reveal(),
    logins: {
      appRole: { roleId: 'deploy', secretId: secretId.reveal() },
      userpass: ann,
      jwt: { role: JWT_ROLE, token: issuer.sign() },
    },
    outsiderToken: outsider.reveal(),
    access: {
      tokens: [
        { id: 'operator', hash: hashAccessToken(ring, token), grants: EVERYTHING },
        { id: 'outsider', hash: hashAccessToken(ring, outsider), grants: ELSEWHERE },
        { id: 'reader', hash: hashAccessToken(ring, reader), grants: GRANTS },
      ],
      users: [{ username: ann.username, passwordHash, grants: GRANTS }],
      roles: [{ id: 'deploy', grants: GRANTS, secretIds: [{ id: 'one', hash: hashAccessToken(ring, secretId) }] }],
      issuers: [
        {
          id: JWT_ROLE,
          issuer: ISSUER,
          audience: AUDIENCE,
          jwksFile,
          algorithms: ['RS256'],
          bindings: [{ when: { sub: SUBJECT }, grants: GRANTS }],
        },
      ],
    },
  };
};

interface JobsExample {
  readonly coffer: { readonly access: { readonly issuers: readonly object[] } };
}

/** One process on the embedded database, with its cache on, which lets in the jobs of the guide as well: `issuer` signs for them too. */
export const startEmbedded = async (issuer = new JobIssuer()): Promise<CofferTarget> => {
  const folder = scratchFolder();
  const key = { id: 'e2e', secret: randomBytes(32).toString('base64') };
  const { access, ...callers } = await callersOf(key, issuer, folder);
  const { issuers } = yamlExample<JobsExample>('ci', 'coffer.yml').coffer.access;
  const jobs = issuers.map((entry) => ({ ...entry, jwksFile: join(folder, JWKS_FILE) }));
  const config = JSON.stringify({
    kestra: { secret: { cache: { enabled: true } } },
    coffer: {
      encryption: { keys: [{ ...key, active: true }] },
      access: { ...access, issuers: [...access.issuers, ...jobs] },
      vault: VAULT_API,
    },
  });
  const coffer = await startCoffer({ config });
  const close = async (): Promise<void> => {
    await coffer.stop();
    removeFolder(folder);
  };
  const signed = { github: issuer.sign(GITHUB_JOB), gitlab: issuer.sign(GITLAB_JOB) };
  return { ...callers, kind: 'coffer', address: coffer.url, jobs: signed, close };
};

/** Processes of each role over Kafka, Redis and PostgreSQL; the target is one of two gateways. */
export const startDistributed = async (issuer = new JobIssuer()): Promise<CofferTarget> => {
  const folder = scratchFolder();
  const counts = { 'secret-worker': 1, 'cache-invalidator': 1 };
  const cluster = await Cluster.open({ counts, cache: {}, settings: { vault: VAULT_API } });
  const { configuration } = cluster;
  const { access, ...callers } = await callersOf(configuration.rootKey, issuer, folder);
  configuration.addAccess(access);
  for (const gateway of cluster.of('gateway')) {
    const headers = { authorization: `Bearer ${callers.token}` };
    await until('the gateway knows the callers', async () => {
      // Ten wrong tokens a minute are answered as such.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const { status } = await fetch(`${gateway.address}/coffer/v1/main/whoami`, { headers });
      return status === 200;
    });
  }
  const close = async (): Promise<void> => {
    await cluster.close();
    removeFolder(folder);
  };
  return { ...callers, kind: 'coffer', address: cluster.of('gateway')[0]?.address ?? '', close };
};
