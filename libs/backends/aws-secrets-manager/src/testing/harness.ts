import { randomUUID } from 'node:crypto';
import type { FaultKind, FaultyStore, Harness, WeakerWrites } from '@coffer/backend-conformance';
import type { Backend } from '@coffer/backend-contract';
import { DEFAULT_TENANT, SecretValue } from '@coffer/secrets';
import { openAwsSecretsManagerBackend, type AwsSecretsManagerOptions } from '../open.js';
import { ATOMIC_PERMISSION, NINE_PERMISSIONS, PolicyProxy, FORBIDDEN_ACCESS_KEY } from './policy-proxy.js';
import { directClient, isRealService, ExternalClient, ownerKeys, serviceEndpoint, serviceRegion } from './service.js';

/** "ListSecrets … might not reflect changes from the last five minutes." */
const LIST_LAG_MS = 300_000;

const FORBIDDEN_SECRET_KEY = 'str@nger/secret+access/key"00000000000000';

const MOTO = {
  'list while secrets come and go': 'moto pages by number, so that a deletion shifts what the next page begins with',
};

/** Versions younger than a day are not cleaned away, and a secret has about 100. */
const SERVICE = {
  'delete and create 100 times under readers':
    'the service keeps all versions of a day, and a secret may have about 100',
};

const harnessOf = (name: string, region: string, allowed: readonly string[], weakerWrites?: WeakerWrites): Harness => {
  let opening: Promise<PolicyProxy> | undefined;
  const service = (): Promise<PolicyProxy> => (opening ??= PolicyProxy.open(allowed));
  const externalClient = (): ExternalClient => (outside ??= new ExternalClient(directClient(region)));
  let outside: ExternalClient | undefined;

  const openAt = async (at: PolicyProxy, changes: Partial<AwsSecretsManagerOptions>): Promise<Backend> =>
    openAwsSecretsManagerBackend({
      region,
      endpoint: serviceEndpoint(),
      prefix: randomUUID(),
      keys: ownerKeys(),
      adjust: at.redirect,
      ...changes,
    });

  const faulty = (kind: FaultKind, codes: FaultyStore['codes']) => ({
    open: async (): Promise<FaultyStore> => {
      const at = await PolicyProxy.open(allowed);
      const backend = await openAt(at, {});
      return {
        backend,
        codes,
        arm: () => at.set(kind),
        disarm: () => at.set('pass'),
        close: async () => {
          await backend.close();
          await at.close();
        },
      };
    },
  });

  const forbidden = { accessKeyId: FORBIDDEN_ACCESS_KEY, secretAccessKey: new SecretValue(FORBIDDEN_SECRET_KEY) };
  const { secretAccessKey, sessionToken } = ownerKeys();
  return {
    name,
    open: async ({ prefix }) => openAt(await service(), prefix === undefined ? {} : { prefix }),
    credentials: {
      wrong: async () => openAt(await service(), { keys: { ...forbidden, accessKeyId: 'AKIACOFFERNOBODY0000' } }),
      forbidden: async () => openAt(await service(), { keys: forbidden }),
    },
    external: {
      create: (prefix, { tenant, namespace, key }, value, tags = []) => {
        const own = Object.fromEntries(tags.map((tag) => [tag.key, tag.value]));
        const identity = { prefix, namespace, key, ...(tenant === DEFAULT_TENANT ? {} : { tenant }) };
        return externalClient().create({ tags: { ...own, ...identity }, value });
      },
      change: (at, value) =>
        weakerWrites === undefined ? externalClient().rotate(at, value) : externalClient().change(at, value),
      valueOf: (at) => externalClient().valueOf(at),
      duplicates: true,
      ...(isRealService() ? { visibleWithinMs: LIST_LAG_MS } : {}),
    },
    faults: {
      throttled: faulty('throttled', ['throttled']),
      'server-error': faulty('server-error', ['unavailable']),
      'cut-before': faulty('cut-before', ['unavailable']),
      'cut-after': faulty('cut-after', ['unavailable']),
      'timeout-after': faulty('timeout-after', ['timeout']),
    },
    pageSize: 100,
    changeTimes: { absent: 'the id of a version has no room for a time' },
    ...(weakerWrites === undefined ? {} : { weakerWrites }),
    ...(isRealService() ? { departures: SERVICE } : { departures: MOTO }),
    credentialCanaries: [
      secretAccessKey.reveal(),
      FORBIDDEN_SECRET_KEY,
      ...(sessionToken ? [sessionToken.reveal()] : []),
    ],
    close: async () => {
      outside?.close();
      if (opening !== undefined) await (await opening).close();
    },
  };
};

/** With the permission that makes writes atomic, and behind a policy that denies all that is not needed. */
export const awsSecretsManagerHarness = (region = serviceRegion()): Harness =>
  harnessOf('aws-secrets-manager', region, [...NINE_PERMISSIONS, ATOMIC_PERMISSION]);

export const ninePermissionsHarness = (region = serviceRegion()): Harness => ({
  ...harnessOf('aws-secrets-manager-nine-permissions', region, NINE_PERMISSIONS, {
    conditionalWrites: 'checked',
    reason: 'without UpdateSecretVersionStage the fence can only be looked at before and after',
  }),
  fewerSecrets: { count: 30, reason: 'the suite with ten permissions goes through the pages' },
});
