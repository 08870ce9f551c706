import type { Backend } from '@coffer/backend-contract';
import type { ElasticsearchStore } from '@coffer/config';
import { KeyRing } from '@coffer/crypto';
import { CofferError } from '@coffer/secrets';
import { ElasticsearchClient } from './client.js';
import type { ClusterSettings } from './cluster-settings.js';
import { ElasticsearchBackend } from './backend.js';
import { indexNames } from './index-definition.js';
import { SecretsIndex } from './secrets-index.js';

export interface ElasticsearchBackendOptions {
  readonly cluster: ClusterSettings;
  /** Begins the index's name: `{prefix}secrets`. Separates instances that share the cluster. */
  readonly indexPrefix: string;
  /** Seals the values, purpose `es`. */
  readonly ring: KeyRing;
}

const connect = (settings: ClusterSettings): ElasticsearchClient => {
  if (settings.hosts.length === 0) throw new CofferError('configuration', 'Elasticsearch needs one host at least');
  try {
    return new ElasticsearchClient(settings);
  } catch {
    // The client quotes what it was given.
    throw new CofferError('configuration', 'the hosts, credentials or authorities of Elasticsearch cannot be used');
  }
};

/**
 * Asks nothing of the cluster yet: the first call finds or makes the index, and while that fails each call, `check` among
 * them, throws the reason and the next one tries again. Throws `configuration` for settings that cannot be right.
 */
export const openElasticsearchBackend = ({ cluster, indexPrefix, ring }: ElasticsearchBackendOptions): Backend => {
  const names = indexNames(indexPrefix);
  const connection = connect(cluster);
  return new ElasticsearchBackend(connection, new SecretsIndex(connection, names), ring, names.index);
};

/** A cluster that does not answer by then is asked again before it is used. */
const PRODUCT_TIMEOUT_MS = 5_000;

/**
 * Throws `configuration` for OpenSearch, and for settings that cannot be right. A cluster that does not answer within five
 * seconds may come later, and passes.
 */
export const assertElasticsearch = async (settings: ClusterSettings): Promise<void> => {
  const cluster = connect(settings);
  try {
    await cluster.refuseOpenSearch(AbortSignal.timeout(PRODUCT_TIMEOUT_MS));
  } finally {
    await cluster.close();
  }
};

/**
 * Opens the store that the configuration describes. Asks the cluster what it is, for five seconds at most. Throws
 * `configuration`, for OpenSearch among others.
 */
export const open = async ({ keys, cluster }: ElasticsearchStore): Promise<Backend> => {
  const { indexPrefix, ...settings } = cluster;
  await assertElasticsearch(settings);
  const ring = await KeyRing.derive(keys);
  return openElasticsearchBackend({ cluster: settings, indexPrefix, ring });
};
