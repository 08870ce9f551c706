import { randomBytes, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../workspace/src/checkout.mjs';

/**
 * @typedef {Record<string, unknown>} Tree
 *
 * What a store adds to the configuration file and to the environment of the processes.
 * @typedef {object} StoreSettings
 * @property {Tree} secret `kestra.secret`
 * @property {Tree} [kestra] more of `kestra:`
 * @property {Tree} [datasources]
 * @property {Record<string, string>} [environment]
 * @property {string} address for people
 * @property {unknown} [external] the conformance suite's knobs for secrets made outside Coffer
 *
 * @typedef {object} Store
 * @property {string[]} servers of tools/test-servers
 * @property {(env: Record<string, string>, prefix: string) => StoreSettings | Promise<StoreSettings>} settings `env` has
 *   the servers' addresses; instances of one prefix share their secrets
 */

const require = createRequire(join(root, 'apps/e2e/package.json'));
/** @param {string} adapter */
const testing = (adapter) => require(`@coffer/backend-${adapter}/testing`);

/** @param {URL} url @param {string} name of the datasource @param {string} jdbc @param {string} prefix @returns {StoreSettings} */
const jdbc = ({ username, password }, name, jdbc, prefix) => ({
  secret: { type: 'jdbc', jdbc: { secret: SEALS, prefix } },
  datasources: {
    [name]: { url: jdbc, username: decodeURIComponent(username), password: decodeURIComponent(password) },
  },
  address: jdbc,
});

/** Instances that share a store have to have it in common. */
const SEALS = randomBytes(24).toString('hex');

/** @type {Record<string, Store>} */
export const stores = {
  'jdbc-postgresql': {
    servers: ['postgresql'],
    settings({ COFFER_TEST_POSTGRESQL_URL: address }, prefix) {
      const url = new URL(address);
      return jdbc(url, 'postgres', `jdbc:postgresql://${url.host}${url.pathname}`, prefix);
    },
  },
  'jdbc-mysql': {
    servers: ['mariadb'],
    settings({ COFFER_TEST_MARIADB_URL: address }, prefix) {
      const url = new URL(address);
      return jdbc(url, 'mysql', `jdbc:mariadb://${url.host}${url.pathname}`, prefix);
    },
  },
  'jdbc-h2': {
    servers: ['h2'],
    settings({ COFFER_TEST_H2_URL: address }, prefix) {
      const url = new URL(address);
      return jdbc(url, 'h2', `jdbc:h2:pg://${url.host}${url.pathname}`, prefix);
    },
  },
  'vault-kv2': {
    servers: ['vault'],
    settings: ({ COFFER_TEST_VAULT_ADDR: address, COFFER_TEST_VAULT_TOKEN: token }, prefix) => ({
      secret: { type: 'vault', vault: { address, token: { token }, secretPathPrefix: prefix } },
      address,
    }),
  },
  elasticsearch: {
    servers: ['elasticsearch'],
    settings: ({ COFFER_TEST_ELASTICSEARCH_URL: address }, prefix) => ({
      secret: { type: 'elasticsearch', elasticsearch: { secret: SEALS } },
      kestra: { elasticsearch: { client: { 'http-hosts': address }, defaults: { 'indice-prefix': `${prefix}_` } } },
      address,
    }),
  },
  'aws-secrets-manager': {
    servers: ['moto'],
    settings({ COFFER_TEST_AWS_ENDPOINT: endpointOverride }, prefix) {
      const { awsSecretsManagerHarness, ownerKeys, serviceRegion } = testing('aws-secrets-manager');
      const { accessKeyId, secretAccessKey } = ownerKeys();
      const settings = {
        accessKeyId,
        secretKeyId: secretAccessKey.reveal(),
        region: serviceRegion(),
        endpointOverride,
      };
      return {
        secret: { type: 'aws-secret-manager', awsSecretManager: { ...settings, prefix } },
        address: endpointOverride,
        external: awsSecretsManagerHarness().external,
      };
    },
  },
  'azure-key-vault': {
    servers: ['azure-key-vault'],
    settings(env, prefix) {
      const variable = (/** @type {string} */ name) => env[`COFFER_TEST_AZURE_${name}`];
      const clientSecret = {
        tenantId: variable('TENANT_ID'),
        clientId: variable('CLIENT_ID'),
        clientSecret: variable('CLIENT_SECRET'),
      };
      return {
        secret: { type: 'azure-key-vault', azureKeyVault: { keyVaultUri: variable('URL'), clientSecret, prefix } },
        environment: {
          NODE_EXTRA_CA_CERTS: variable('CA_FILE'),
          AZURE_AUTHORITY_HOST: variable('AUTHORITY_HOST'),
        },
        address: variable('URL'),
        external: testing('azure-key-vault').azureKeyVaultHarness().external,
      };
    },
  },
  'google-secret-manager': {
    servers: ['google-secret-manager'],
    async settings({ COFFER_TEST_GOOGLE_ENDPOINT: endpointOverride }, prefix) {
      const subject = testing('google-secret-manager').googleSecretManagerHarness();
      // Makes the project and its owner known.
      await (await subject.open({})).close();
      const { project, owner, external } = subject;
      const settings = { project, serviceAccount: owner.json.reveal(), endpointOverride, prefix };
      return {
        secret: { type: 'google-secret-manager', googleSecretManager: settings },
        address: endpointOverride,
        external,
      };
    },
  },
};

/** @param {string} name @returns {Store} rejects a name that there is not */
export function storeNamed(name) {
  const store = stores[name];
  if (!store) throw new Error(`there is no store "${name}"; there are: ${Object.keys(stores).join(', ')}`);
  return store;
}

/** That nothing else in the store uses. */
export const freshPrefix = () => `coffer-${randomUUID()}`;
