import { z } from 'zod';
import { cofferElasticsearch, type ElasticsearchCluster } from './elasticsearch-cluster.js';
import { encryptionKeys } from './encryption-keys.js';
import { rootSecret } from './root-secret.js';
import type { SealedBy } from './sealed-store.js';
import { storeFields, type StoreOf } from './store-fields.js';

/** `kestra.secret.elasticsearch`. */
export const elasticsearchSection = z.strictObject({
  ...storeFields,
  /** Seals every value before it reaches the cluster. */
  secret: rootSecret.optional().describe('Seals every value before it reaches the cluster; at least 32 characters.'),
  /** Coffer's own: keys that take the place of `secret`, which is the one of id `elasticsearch`. */
  sealingKeys: encryptionKeys
    .optional()
    .describe(
      'Coffer’s own: further keys, by which `secret` (the key of id `elasticsearch`) is rotated; see docs/operations/key-rotation.md.',
    ),
  /** Coffer's own: a cluster for this manager alone. */
  cluster: cofferElasticsearch.optional(),
});

/** The cluster is the section's own, else that of `coffer.elasticsearch` over `kestra.elasticsearch`. */
export type ElasticsearchStore = SealedBy<StoreOf<'elasticsearch', typeof elasticsearchSection>, 'cluster'> & {
  readonly cluster: ElasticsearchCluster;
};
