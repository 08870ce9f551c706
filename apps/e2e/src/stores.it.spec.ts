import { CLUSTER_STORES, TestCluster } from './cluster/index.js';
import { storeProperty } from './properties/stores.js';

jest.setTimeout(1_200_000);

it.each(CLUSTER_STORES)('keeps secrets in %s, through gateway, Kafka and worker', async (store) => {
  const cluster = await TestCluster.open({ store, counts: { 'secret-worker': 1, 'cache-invalidator': 1 } });
  try {
    const { problems } = await storeProperty(cluster, store, { rounds: 3, rebirths: 100 });
    expect(problems).toEqual([]);
  } finally {
    await cluster.close();
  }
});
