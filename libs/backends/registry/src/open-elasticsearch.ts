import type { Backend } from '@coffer/backend-contract';
import { openElasticsearchBackend } from '@coffer/backend-elasticsearch';
import type { ElasticsearchStore } from '@coffer/config';
import { KeyRing } from '@coffer/crypto';

/** The key of the store's `secret` in envelopes; another secret under the same id opens nothing that this one sealed. */
const KEY = 'elasticsearch';

/** Throws `configuration`. */
export const openElasticsearch = async ({ secret, cluster }: ElasticsearchStore): Promise<Backend> => {
  const { indexPrefix, ...settings } = cluster;
  const ring = await KeyRing.derive([{ id: KEY, secret, active: true }]);
  return openElasticsearchBackend({ cluster: settings, indexPrefix, ring });
};
