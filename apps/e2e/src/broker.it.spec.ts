import { brokerProperty } from './properties/broker.js';
import { TestCluster } from './cluster/index.js';

jest.setTimeout(1_200_000);

it('keeps every acknowledged write, and goes on reading, while the broker is killed and comes back', async () => {
  const cluster = await TestCluster.open({ store: 'jdbc-postgresql' });
  try {
    const { problems } = await brokerProperty(cluster, { writes: 150, kills: 1, keys: 40, lanes: 8 });
    expect(problems).toEqual([]);
  } finally {
    await cluster.close();
  }
});
