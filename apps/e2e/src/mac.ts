import { TestCluster } from './cluster/index.js';
import { macProperty } from './benchmarks/mac.js';
import { runCommand } from './measure/index.js';

void runCommand(async () => {
  const counts = { gateway: 2, 'secret-worker': 1, 'cache-invalidator': 1 };
  const cluster = await TestCluster.open({ store: 'jdbc-postgresql', counts });
  try {
    const rounds = Number(process.argv[2] ?? 15);
    return await macProperty(cluster, { rounds, records: 20_000, logged: 10_000, writes: 5_000 });
  } finally {
    await cluster.close();
  }
});
