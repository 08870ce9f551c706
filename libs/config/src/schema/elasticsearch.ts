import { z } from 'zod';
import { cofferElasticsearch, type ElasticsearchCluster } from './elasticsearch-cluster.js';
import { rootSecret } from './root-secret.js';
import { storeFields, type StoreOf } from './store-fields.js';

/** `kestra.secret.elasticsearch`. */
export const elasticsearchSection = z.strictObject({
  ...storeFields,
  /** Seals every value before it reaches the cluster. */
  secret: rootSecret.describe('Seals every value before it reaches the cluster; at least 32 characters.'),
  /** Coffer's own: a cluster for this manager alone. */
  cluster: cofferElasticsearch.optional(),
});

/** The cluster is the section's own, else that of `coffer.elasticsearch` over `kestra.elasticsearch`. */
export type ElasticsearchStore = Omit<StoreOf<'elasticsearch', typeof elasticsearchSection>, 'cluster'> & {
  readonly cluster: ElasticsearchCluster;
};
