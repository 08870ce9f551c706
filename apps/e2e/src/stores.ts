import { CLUSTER_STORES, TestCluster, type ClusterStore } from './cluster/index.js';
import { join, runCommand, type Outcome } from './measure/index.js';
import { storeProperty } from './properties/stores.js';

const on = async (store: ClusterStore): Promise<Outcome> => {
  const cluster = await TestCluster.open({ store });
  try {
    const { figures, problems } = await storeProperty(cluster, store, { rounds: 20, rebirths: 100 });
    return { figures: figures.map((row) => ({ ...row, figure: `${store}: ${row.figure}` })), problems };
  } finally {
    await cluster.close();
  }
};

void runCommand(async () => {
  const outcomes: Outcome[] = [];
  for (const store of CLUSTER_STORES) outcomes.push(await on(store));
  return join(...outcomes);
});
