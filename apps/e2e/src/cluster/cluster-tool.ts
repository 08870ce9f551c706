import type { ExternalSecrets } from '@coffer/backend-conformance';
import { startCluster, type Cluster, type ClusterOptions, type Role, type Started } from '@coffer/test-cluster';

export { roles as ROLES } from '@coffer/test-cluster';
export type { Role, Started };

export type Settings = Readonly<Record<string, unknown>>;

/** What `tools/test-cluster` has started. */
export interface ToolCluster extends Omit<Cluster, 'externalOf'> {
  /** What others do in one of its stores; `undefined` where that holds nothing but what Coffer made. */
  readonly externalOf: (store: string) => ExternalSecrets | undefined;
}

export type ToolClusterOptions = Omit<ClusterOptions, 'prefix' | 'brokers'> & Required<Pick<ClusterOptions, 'servers'>>;

export const startToolCluster = async (options: ToolClusterOptions): Promise<ToolCluster> =>
  (await startCluster(options)) as ToolCluster;
