import type { Backend } from '@coffer/backend-contract';
import { assertElasticsearch, openElasticsearchBackend } from '@coffer/backend-elasticsearch';
import type { ElasticsearchStore } from '@coffer/config';
import { KeyRing } from '@coffer/crypto';

/** The key of the store's `secret` in envelopes; another secret under the same id opens nothing that this one sealed. */
const KEY = 'elasticsearch';

/** Asks the cluster what it is, for five seconds at most. Throws `configuration`, for OpenSearch among others. */
export const openElasticsearch = async ({ secret, cluster }: ElasticsearchStore): Promise<Backend> => {
  const { indexPrefix, ...settings } = cluster;
  await assertElasticsearch(settings);
  const ring = await KeyRing.derive([{ id: KEY, secret, active: true }]);
  return openElasticsearchBackend({ cluster: settings, indexPrefix, ring });
};
