import { randomUUID } from 'node:crypto';
import { DefaultAzureCredential, ClientSecretCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import type { ExternalSecrets, FaultKind, FaultyStore, Harness } from '@coffer/backend-conformance';
import { HttpProxy } from '@coffer/backend-conformance/faults';
import type { Backend } from '@coffer/backend-contract';
import { SecretValue, type ErrorCode, type SecretPath } from '@coffer/secrets';
import { openAzureKeyVaultBackend, type AzureKeyVaultOptions } from '../open.js';
import { nameOf } from '../layout.js';
import { isAzureHost } from '../vault-address.js';
import { canaries, credentialsOf, proxyTls, trusted, vaultOfOwn, vaultUnderTest, type Role } from './service.js';

/** Short, for the suite looks for what it made outside again and again. */
const LISTING_MAX_AGE_MS = 500;

const REPORTED: Readonly<Record<FaultKind, readonly ErrorCode[]>> = {
  throttled: ['throttled'],
  'server-error': ['unavailable'],
  'cut-before': ['unavailable'],
  'cut-after': ['unavailable'],
  'timeout-after': ['timeout'],
};

/** A harness whose vault tests may also reach by other ways. */
export interface AzureKeyVaultHarness extends Harness {
  openWith(changes: Partial<AzureKeyVaultOptions>): Promise<Backend>;
  /** With the credentials of that role. */
  openAs(role: Role, prefix: string): Promise<Backend>;
  /** Microsoft's client, as another program would use it. */
  client(): Promise<SecretClient>;
  /** In front of the vault, trusted by this process. */
  proxy(): Promise<HttpProxy>;
  /** The fences of all versions of a live secret. */
  fencesOf(prefix: string, path: SecretPath): Promise<string[]>;
  external: ExternalSecrets;
}

const clientOf = (url: string): SecretClient => {
  const credentials = credentialsOf() ?? {};
  const options = { disableChallengeResourceVerification: !isAzureHost(new URL(url)) };
  if ('token' in credentials) return new SecretClient(url, credentials.token, options);
  const given = credentials.clientSecret;
  if (given === undefined) return new SecretClient(url, new DefaultAzureCredential(), options);
  const { tenantId, clientId, clientSecret } = given;
  const identity = { disableInstanceDiscovery: process.env['AZURE_AUTHORITY_HOST'] !== undefined };
  const credential = new ClientSecretCredential(tenantId, clientId, clientSecret.reveal(), identity);
  return new SecretClient(url, credential, options);
};

const externalOf = (client: () => Promise<SecretClient>): ExternalSecrets => ({
  duplicates: true,
  async create(prefix, path, value, tags = []) {
    const name = `made-outside-${randomUUID()}`;
    const { tenant, namespace, key } = path;
    const own = Object.fromEntries(tags.map((tag) => [tag.key, tag.value]));
    await (await client()).setSecret(name, value, { tags: { ...own, tenant, namespace, key, prefix } });
    return name;
  },
  async change(name, value) {
    const { properties } = await (await client()).getSecret(name);
    const kept = Object.entries(properties.tags ?? {}).filter(([key]) => !key.startsWith('coffer'));
    await (await client()).setSecret(name, value, { tags: Object.fromEntries(kept) });
  },
  valueOf: async (name) => (await (await client()).getSecret(name)).value ?? '',
});

/**
 * A vault of its own where the service makes such, else that of `COFFER_TEST_AZURE_URL`, where all stays that is made,
 * below prefixes of its own. Before it is opened, `client` and `external` mean the vault of the environment.
 */
export const azureKeyVaultHarness = (): AzureKeyVaultHarness => {
  let own: ReturnType<typeof vaultOfOwn> | undefined;
  const vault = async (): Promise<string> => (await (own ??= vaultOfOwn())).url;

  const openWith = async (changes: Partial<AzureKeyVaultOptions>): Promise<Backend> =>
    openAzureKeyVaultBackend({
      keyVaultUri: await vault(),
      credentials: credentialsOf() ?? {},
      prefix: randomUUID(),
      listingMaxAgeMs: LISTING_MAX_AGE_MS,
      ...changes,
    });

  const openAs = async (role: Role, prefix: string): Promise<Backend> => {
    const credentials = credentialsOf(role);
    if (credentials === undefined) throw new Error(`COFFER_TEST_AZURE_${role}CLIENT_ID and _CLIENT_SECRET are not set`);
    return openWith({ credentials, prefix });
  };

  const proxy = async (): Promise<HttpProxy> => {
    const url = new URL(await vault());
    const ca = trusted().join('\n');
    return HttpProxy.to(url, {
      tls: proxyTls(),
      ...(ca === '' || isAzureHost(url) ? {} : { ca }),
      // The emulator makes the next page's address from the host; other services tell their vaults apart by it.
      host: process.env['COFFER_TEST_AZURE_NEW_VAULT'] === undefined ? 'rewrite' : 'keep',
    });
  };

  const faulty = (kind: FaultKind) => async (): Promise<FaultyStore> => {
    const between = await proxy();
    const backend = await openWith({ keyVaultUri: between.url });
    return {
      backend,
      codes: REPORTED[kind],
      arm: () => between.set(kind),
      disarm: () => between.set('pass'),
      close: async () => {
        await backend.close();
        await between.close();
      },
    };
  };

  const credentials = (): Harness['credentials'] => {
    const own = credentialsOf();
    if (
      own === undefined ||
      'token' in own ||
      own.clientSecret === undefined ||
      credentialsOf('FORBIDDEN_') === undefined
    ) {
      return { absent: 'no client secret and no second client are configured for this service' };
    }
    const wrong = { clientSecret: { ...own.clientSecret, clientSecret: new SecretValue('not the secret') } };
    return {
      wrong: () => openWith({ credentials: wrong }),
      forbidden: () => openAs('FORBIDDEN_', randomUUID()),
    };
  };

  let admin: SecretClient | undefined;
  const client = async (): Promise<SecretClient> =>
    (admin ??= clientOf(own === undefined ? vaultUnderTest() : await vault()));
  return {
    name: 'azure-key-vault',
    openWith,
    openAs,
    client,
    proxy,
    fencesOf: async (prefix, path) => {
      const fences: string[] = [];
      for await (const { tags } of (await client()).listPropertiesOfSecretVersions(nameOf(prefix, path))) {
        fences.push(tags?.['coffer-fence']?.split(';')[0] ?? '');
      }
      return fences;
    },
    open: ({ prefix }) => openWith(prefix === undefined ? {} : { prefix }),
    external: externalOf(client),
    pageSize: 25,
    credentials: credentials(),
    weakerWrites: { conditionalWrites: 'checked', reason: 'Key Vault has no conditional write' },
    faults: {
      throttled: { open: faulty('throttled') },
      'server-error': { open: faulty('server-error') },
      'cut-before': { open: faulty('cut-before') },
      'cut-after': { open: faulty('cut-after') },
      'timeout-after': { open: faulty('timeout-after') },
    },
    credentialCanaries: canaries(),
    close: async () => (await own)?.end(),
  };
};
