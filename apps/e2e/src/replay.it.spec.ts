import { TestCluster } from './cluster/index.js';
import { replayProperty } from './properties/replay.js';

jest.setTimeout(1_200_000);

it('changes nothing when the queue is delivered again, and drops nothing when it was made anew', async () => {
  const cluster = await TestCluster.open({ store: 'jdbc-postgresql' });
  try {
    const { problems } = await replayProperty(cluster, { writes: 160, overtaking: 960, keys: 40, lanes: 8 });
    expect(problems).toEqual([]);
  } finally {
    await cluster.close();
  }
});
