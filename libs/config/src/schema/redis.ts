import { SecretValue } from '@coffer/secrets';
import { z } from 'zod';
import type { LoadContext } from '../load-context.js';
import { parseRedisAddress } from '../address/redis-address.js';
import { addressText } from '../address/http-address.js';
import { pemOrFile } from './pem.js';
import { certificatesOf, privateKeyOf } from '../text-form/pem.js';
import { flag, secretText } from './scalars.js';

/** A Redis address, which may hold a password. */
const redisUrl = addressText('an address such as redis://host:6379 or rediss://host:6379', (value) => {
  parseRedisAddress(value);
  return new SecretValue(value.replace(/^\ufeff/, '').trim());
});

/** `coffer.redis`. */
export const redis = z.strictObject({
  url: redisUrl.describe('The address, with a password where one is needed.'),
  /** PEM, or the name of a file that holds it; for `rediss:` addresses. */
  ca: pemOrFile.optional().describe('PEM of the authorities to trust, or the name of a file that holds it.'),
  cert: pemOrFile
    .optional()
    .describe('PEM of the client’s own certificate with its chain, or the name of a file that holds it.'),
  key: pemOrFile.optional().describe('PEM of its private key, or the name of a file that holds it.'),
  keyPassword: secretText.optional().describe('Opens the private key where that is encrypted.'),
  /** The address is one node of a Redis Cluster. */
  cluster: flag.default(false).describe('The address is one node of a Redis Cluster.'),
});

export interface RedisConfiguration {
  /** `redis:` or, by TLS, `rediss:`; may hold a user's name and password. */
  readonly url: SecretValue;
  /** PEM of the authorities to trust instead of the system's. */
  readonly ca?: string;
  /** The client's own certificate with its chain, PEM, and its key. */
  readonly own?: { readonly certificate: string; readonly key: SecretValue; readonly keyPassword?: SecretValue };
  readonly cluster: boolean;
}

/** Adds errors. */
const resolveOwn = (
  { cert, key, keyPassword }: z.output<typeof redis>,
  context: LoadContext,
): RedisConfiguration['own'] => {
  const path = ['coffer', 'redis'];
  for (const [name, there, other] of [
    ['key', cert, key],
    ['cert', key, cert],
    ['key', keyPassword, key],
  ] as const) {
    if (there === undefined || other !== undefined) continue;
    context.errors.add([...path, name], 'is missing: a certificate and its key belong together');
    return undefined;
  }
  if (cert === undefined || key === undefined) return undefined;
  const certificate = context.readPem(cert, [...path, 'cert'], certificatesOf);
  const privateKey = context.readPem(key, [...path, 'key'], (pem) => privateKeyOf(pem, keyPassword?.reveal()));
  if (certificate === undefined || privateKey === undefined) return undefined;
  return { certificate, key: new SecretValue(privateKey), ...(keyPassword && { keyPassword }) };
};

/** Adds errors. */
export const resolveRedis = (settings: z.output<typeof redis>, context: LoadContext): RedisConfiguration => {
  const { url, cluster } = settings;
  const path = ['coffer', 'redis', 'ca'];
  const ca = settings.ca === undefined ? undefined : context.readCertificates(settings.ca, path);
  const { tls, database } = parseRedisAddress(url.reveal());
  const own = resolveOwn(settings, context);
  for (const name of ['ca', 'cert'] as const) {
    if (settings[name] === undefined || tls) continue;
    context.errors.add(['coffer', 'redis', name], 'has no effect: coffer.redis.url must begin with rediss: for TLS');
  }
  if (cluster && database !== 0) {
    context.errors.add(['coffer', 'redis', 'url'], 'names a database, and a Redis Cluster has the number 0 alone');
  }
  return { url, cluster, ...(ca === undefined ? {} : { ca }), ...(own && { own }) };
};
