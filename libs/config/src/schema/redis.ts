import { SecretValue } from '@coffer/secrets';
import { z } from 'zod';
import type { LoadContext } from '../load-context.js';
import { withoutBlanksAround } from '../address/address.js';
import { parseRedisAddress } from '../address/redis-address.js';
import { addressText } from '../address/http-address.js';
import { clientTls, resolveClientTls, type ClientTls } from './client-tls.js';
import { flag } from './scalars.js';

/** A Redis address, which may hold a password. */
const redisUrl = addressText('an address such as redis://host:6379 or rediss://host:6379', (value) => {
  parseRedisAddress(value);
  return new SecretValue(withoutBlanksAround(value));
});

/** `coffer.redis`. */
export const redis = z.strictObject({
  url: redisUrl.describe('The address, with a password where one is needed.'),
  /** For `rediss:` addresses. */
  ...clientTls,
  /** The address is one node of a Redis Cluster. */
  cluster: flag.default(false).describe('The address is one node of a Redis Cluster.'),
});

export interface RedisConfiguration extends ClientTls {
  /** `redis:` or, by TLS, `rediss:`; may hold a user's name and password. */
  readonly url: SecretValue;
  readonly cluster: boolean;
}

/** Adds errors. */
export const resolveRedis = (settings: z.output<typeof redis>, context: LoadContext): RedisConfiguration => {
  const { url, cluster } = settings;
  const { tls, database } = parseRedisAddress(url.reveal());
  const needs = { speaksTls: tls, address: 'coffer.redis.url must begin with rediss:' };
  const own = resolveClientTls(settings, ['coffer', 'redis'], needs, context);
  if (cluster && database !== 0) {
    context.errors.add(['coffer', 'redis', 'url'], 'names a database, and a Redis Cluster has the number 0 alone');
  }
  return { url, cluster, ...own };
};
