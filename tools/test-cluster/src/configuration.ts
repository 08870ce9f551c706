import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import type { StoreSettings } from './stores.ts';

/**
 * The configuration that all processes share, and a token that may do everything.
 * `brokers` and `replicas`: where Kafka is, and how many copies it keeps. `settings`: more of `coffer:`. `redis`: what is
 * cached, and where it is shared.
 */
export async function configure(
  { secret, kestra = {}, datasources = {} }: StoreSettings,
  { brokers, replicas }: { brokers: string; replicas: number },
  settings: Record<string, unknown>,
  redis?: { cache: Record<string, unknown>; url: string },
) {
  const require = createRequire(import.meta.url);
  const { KeyRing } = require('@coffer/crypto') as typeof import('@coffer/crypto');
  const access = require('@coffer/access') as typeof import('@coffer/access');
  const { SecretValue } = require('@coffer/secrets') as typeof import('@coffer/secrets');
  const key = randomBytes(32).toString('base64');
  const ring = await KeyRing.derive([{ id: 'cluster', secret: new SecretValue(key), active: true }]);
  const token = access.createAccessToken();
  const grants = [{ tenant: '*', namespace: '*', permissions: access.PERMISSIONS }];
  const kafka = {
    client: { properties: { 'bootstrap.servers': brokers } },
    defaults: { topic: { 'replication-factor': replicas } },
  };
  const configuration = {
    kestra: { secret: { ...secret, ...(redis && { cache: { enabled: true, ...redis.cache } }) }, kafka, ...kestra },
    datasources,
    coffer: {
      encryption: { keys: [{ id: 'cluster', secret: key, active: true }] },
      access: { tokens: [{ id: 'cluster', hash: access.hashAccessToken(ring, token), grants }] },
      server: { host: '127.0.0.1', port: 0 },
      ...(redis && { redis: { url: redis.url } }),
      // A file for each gateway, beside the configuration: what they print would be kept in memory.
      audit: { sinks: [{ type: 'file', path: '${CLUSTER_AUDIT_FILE:audit.jsonl}' }] },
      ...settings,
    },
  };
  return { configuration, token: token.reveal() };
}
