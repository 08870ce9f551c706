import { DEFAULT_TENANT, SecretPath } from '@coffer/secrets';
import { z } from 'zod';
import { duration, text } from './scalars.js';

/** `coffer.probe`: a secret of Coffer's own that gateways write and read to see that reads are never stale. */
export const probe = z
  .strictObject({
    tenant: text.default(DEFAULT_TENANT).describe('Tenant of the probe secret.'),
    namespace: text.describe('Namespace of the probe secret; nothing else should use it.'),
    key: text.default('COFFER_PROBE').describe('Key of the probe secret, which gateways write and read.'),
    every: duration.default(10_000).describe('About how often it is written; it is read ten times as often.'),
  })
  .transform(({ tenant, namespace, key, every }, context) => {
    try {
      return { path: SecretPath.of(tenant, namespace, key), every };
    } catch {
      context.addIssue({ code: 'custom', message: 'must name a tenant, a namespace and a key of a secret' });
      return z.NEVER;
    }
  });

export type ProbeConfiguration = z.output<typeof probe>;
