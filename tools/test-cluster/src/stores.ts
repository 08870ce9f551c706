import { randomBytes, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';

/** What a store adds to the configuration file and to the environment of the processes. */
export type Tree = Record<string, unknown>;

export interface StoreSettings {
  /** `kestra.secret`. */
  secret: Tree;
  /** More of `kestra:`. */
  kestra?: Tree;
  datasources?: Tree;
  environment?: Record<string, string>;
  /** The store's address, as it is printed. */
  address: string;
  /** The conformance suite's options for secrets made outside Coffer. */
  external?: unknown;
}

interface Store {
  /** Names of its servers in tools/test-servers. */
  servers: string[];
  /** `env` has the servers' addresses; instances of one prefix share their secrets. */
  settings: (env: Record<string, string>, prefix: string) => StoreSettings | Promise<StoreSettings>;
}

const require = createRequire(import.meta.url);

/** `name`: of the datasource. */
const jdbc = ({ username, password }: URL, name: string, jdbc: string, prefix: string): StoreSettings => ({
  secret: { type: 'jdbc', jdbc: { secret: SEALS, prefix } },
  datasources: {
    [name]: { url: jdbc, username: decodeURIComponent(username), password: decodeURIComponent(password) },
  },
  address: jdbc,
});

/** Instances that share a store have to have it in common. */
const SEALS = randomBytes(24).toString('hex');

export const stores: Record<string, Store> = {
  'jdbc-postgresql': {
    servers: ['postgresql'],
    settings({ COFFER_TEST_POSTGRESQL_URL: address }, prefix) {
      const url = new URL(address ?? '');
      return jdbc(url, 'postgres', `jdbc:postgresql://${url.host}${url.pathname}`, prefix);
    },
  },
  'jdbc-mysql': {
    servers: ['mariadb'],
    settings({ COFFER_TEST_MARIADB_URL: address }, prefix) {
      const url = new URL(address ?? '');
      return jdbc(url, 'mysql', `jdbc:mariadb://${url.host}${url.pathname}`, prefix);
    },
  },
  'jdbc-h2': {
    servers: ['h2'],
    settings({ COFFER_TEST_H2_URL: address }, prefix) {
      const url = new URL(address ?? '');
      return jdbc(url, 'h2', `jdbc:h2:pg://${url.host}${url.pathname}`, prefix);
    },
  },
  'vault-kv2': {
    servers: ['vault'],
    settings: ({ COFFER_TEST_VAULT_ADDR: address, COFFER_TEST_VAULT_TOKEN: token }, prefix) => ({
      secret: { type: 'vault', vault: { address, token: { token }, secretPathPrefix: prefix } },
      address: address ?? '',
    }),
  },
  elasticsearch: {
    servers: ['elasticsearch'],
    settings: ({ COFFER_TEST_ELASTICSEARCH_URL: address }, prefix) => ({
      secret: { type: 'elasticsearch', elasticsearch: { secret: SEALS } },
      kestra: { elasticsearch: { client: { 'http-hosts': address }, defaults: { 'indice-prefix': `${prefix}_` } } },
      address: address ?? '',
    }),
  },
  'aws-secrets-manager': {
    servers: ['moto'],
    settings({ COFFER_TEST_AWS_ENDPOINT: endpointOverride }, prefix) {
      const { awsSecretsManagerHarness, ownerKeys, serviceRegion } =
        require('@coffer/backend-aws-secrets-manager/testing') as typeof import('@coffer/backend-aws-secrets-manager/testing');
      const { accessKeyId, secretAccessKey } = ownerKeys();
      const settings = {
        accessKeyId,
        secretKeyId: secretAccessKey.reveal(),
        region: serviceRegion(),
        endpointOverride,
      };
      return {
        secret: { type: 'aws-secret-manager', awsSecretManager: { ...settings, prefix } },
        address: endpointOverride ?? '',
        external: awsSecretsManagerHarness().external,
      };
    },
  },
  'azure-key-vault': {
    servers: ['azure-key-vault'],
    settings(env, prefix) {
      const variable = (name: string) => env[`COFFER_TEST_AZURE_${name}`] ?? '';
      const clientSecret = {
        tenantId: variable('TENANT_ID'),
        clientId: variable('CLIENT_ID'),
        clientSecret: variable('CLIENT_SECRET'),
      };
      const { azureKeyVaultHarness } =
        require('@coffer/backend-azure-key-vault/testing') as typeof import('@coffer/backend-azure-key-vault/testing');
      return {
        secret: { type: 'azure-key-vault', azureKeyVault: { keyVaultUri: variable('URL'), clientSecret, prefix } },
        environment: {
          NODE_EXTRA_CA_CERTS: variable('CA_FILE'),
          AZURE_AUTHORITY_HOST: variable('AUTHORITY_HOST'),
        },
        address: variable('URL'),
        external: azureKeyVaultHarness().external,
      };
    },
  },
  'google-secret-manager': {
    servers: ['google-secret-manager'],
    async settings({ COFFER_TEST_GOOGLE_ENDPOINT: endpointOverride }, prefix) {
      const { googleSecretManagerHarness } =
        require('@coffer/backend-google-secret-manager/testing') as typeof import('@coffer/backend-google-secret-manager/testing');
      const subject = googleSecretManagerHarness();
      // Makes the project and its owner known.
      await (await subject.open({})).close();
      const { project, owner, external } = subject;
      const settings = { project, serviceAccount: owner?.json.reveal(), endpointOverride, prefix };
      return {
        secret: { type: 'google-secret-manager', googleSecretManager: settings },
        address: endpointOverride ?? '',
        external,
      };
    },
  },
};

/** An entry of `coffer.managers`: the store as `kestra.secret` would have it, with what that takes from elsewhere. */
export function managerOf(namespace: string, { secret, kestra = {}, datasources = {} }: StoreSettings): Tree {
  const [datasource] = Object.values(datasources);
  const { jdbc, elasticsearch, ...rest } = secret as Record<string, Tree>;
  return {
    ...{ tenant: 'main', namespace },
    ...rest,
    ...(jdbc && { jdbc: { ...jdbc, datasource } }),
    ...(elasticsearch && { elasticsearch: { ...elasticsearch, cluster: kestra.elasticsearch } }),
  };
}

/** Rejects a name that there is not. */
export function storeNamed(name: string): Store {
  const store = stores[name];
  if (!store) throw new Error(`there is no store "${name}"; there are: ${Object.keys(stores).join(', ')}`);
  return store;
}

/** That nothing else in the store uses. */
export const freshPrefix = () => `coffer-${randomUUID()}`;
