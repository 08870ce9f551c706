import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../workspace/checkout.mjs';

/**
 * Stores that the cluster can run on, with the server of tools/servers behind each.
 * @type {Record<string, {server: string, variable: string, jdbc: (url: URL) => string, datasource: string}>}
 */
export const stores = {
  'jdbc-postgresql': {
    server: 'postgresql',
    variable: 'COFFER_TEST_POSTGRESQL_URL',
    jdbc: ({ host, pathname }) => `jdbc:postgresql://${host}${pathname}`,
    datasource: 'postgres',
  },
  'jdbc-mysql': {
    server: 'mariadb',
    variable: 'COFFER_TEST_MARIADB_URL',
    jdbc: ({ host, pathname }) => `jdbc:mariadb://${host}${pathname}`,
    datasource: 'mysql',
  },
};

/**
 * The configuration that all processes share, and a token that may do everything.
 * @param {(typeof stores)[string]} store
 * @param {Record<string, string>} env
 * @param {Record<string, unknown>} settings more of `coffer:`
 */
export async function configure(store, env, settings) {
  const require = createRequire(join(root, 'apps/standalone/package.json'));
  const { KeyRing } = require('@coffer/crypto');
  const { createAccessToken, hashAccessToken, PERMISSIONS } = require('@coffer/access');
  const { SecretValue } = require('@coffer/secrets');
  const secret = randomBytes(32).toString('base64');
  const ring = await KeyRing.derive([{ id: 'cluster', secret: new SecretValue(secret), active: true }]);
  const token = createAccessToken();
  const url = new URL(env[store.variable]);
  const brokers = env.COFFER_TEST_KAFKA_BROKERS;
  const grants = [{ tenant: '*', namespace: '*', permissions: PERMISSIONS }];
  const configuration = {
    kestra: {
      secret: { type: 'jdbc', jdbc: { secret: randomBytes(24).toString('hex') } },
      kafka: {
        client: { properties: { 'bootstrap.servers': brokers } },
        defaults: { topic: { 'replication-factor': 1 } },
      },
    },
    datasources: {
      [store.datasource]: {
        url: store.jdbc(url),
        username: decodeURIComponent(url.username),
        password: decodeURIComponent(url.password),
      },
    },
    coffer: {
      encryption: { keys: [{ id: 'cluster', secret, active: true }] },
      access: { tokens: [{ id: 'cluster', hash: hashAccessToken(ring, token), grants }] },
      server: { host: '127.0.0.1', port: 0 },
      ...settings,
    },
  };
  return { text: JSON.stringify(configuration), token: token.reveal(), kafka: brokers, address: store.jdbc(url) };
}
