import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../workspace/src/checkout.mjs';

/**
 * The configuration that all processes share, and a token that may do everything.
 * @param {import('./stores.mjs').StoreSettings} store
 * @param {{brokers: string, replicas: number}} messages where Kafka is, and how many copies it keeps
 * @param {Record<string, unknown>} settings more of `coffer:`
 * @param {{cache: Record<string, unknown>, url: string}} [redis] what is cached, and where it is shared
 */
export async function configure({ secret, kestra = {}, datasources = {} }, { brokers, replicas }, settings, redis) {
  const require = createRequire(join(root, 'apps/standalone/package.json'));
  const { KeyRing } = require('@coffer/crypto');
  const { createAccessToken, hashAccessToken, PERMISSIONS } = require('@coffer/access');
  const { SecretValue } = require('@coffer/secrets');
  const key = randomBytes(32).toString('base64');
  const ring = await KeyRing.derive([{ id: 'cluster', secret: new SecretValue(key), active: true }]);
  const token = createAccessToken();
  const grants = [{ tenant: '*', namespace: '*', permissions: PERMISSIONS }];
  const kafka = {
    client: { properties: { 'bootstrap.servers': brokers } },
    defaults: { topic: { 'replication-factor': replicas } },
  };
  const configuration = {
    kestra: { secret: { ...secret, ...(redis && { cache: { enabled: true, ...redis.cache } }) }, kafka, ...kestra },
    datasources,
    coffer: {
      encryption: { keys: [{ id: 'cluster', secret: key, active: true }] },
      access: { tokens: [{ id: 'cluster', hash: hashAccessToken(ring, token), grants }] },
      server: { host: '127.0.0.1', port: 0 },
      ...(redis && { redis: { url: redis.url } }),
      ...settings,
    },
  };
  return { configuration, token: token.reveal() };
}
