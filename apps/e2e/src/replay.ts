import { TestCluster } from './cluster/index.js';
import { runCommand } from './measure/index.js';
import { replayProperty } from './properties/replay.js';

void runCommand(async () => {
  const cluster = await TestCluster.open({ store: 'jdbc-postgresql' });
  try {
    const writes = Number(process.argv[2] ?? 2_000);
    const overtaking = Number(process.argv[3] ?? 6 * writes);
    return await replayProperty(cluster, { writes, overtaking, keys: Math.min(200, writes / 4), lanes: 12 });
  } finally {
    await cluster.close();
  }
});
