import { TestCluster, type ClusterStore } from './cluster/index.js';
import { lifeProperty } from './properties/distributed.js';

jest.setTimeout(720_000);

it.each<ClusterStore>(['jdbc-postgresql', 'jdbc-mysql'])(
  'knows on every gateway at once what another one acknowledged, over Kafka and %s',
  async (store) => {
    const cluster = await TestCluster.open({ store });
    try {
      const { problems } = await lifeProperty(cluster, { rounds: 12, writers: 20 });
      expect(problems).toEqual([]);
    } finally {
      await cluster.close();
    }
  },
);
