import { brokerProperty } from './properties/broker.js';
import { TestCluster } from './cluster/index.js';
import { runCommand } from './measure/index.js';

void runCommand(async () => {
  const cluster = await TestCluster.open({ store: 'jdbc-postgresql' });
  try {
    const [writes = 2_000, kills = 5] = process.argv.slice(2).map(Number);
    return await brokerProperty(cluster, { writes, kills, keys: 100, lanes: 12 });
  } finally {
    await cluster.close();
  }
});
