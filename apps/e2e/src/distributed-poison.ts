import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { TestCluster } from './cluster/index.js';
import { canaryProperty } from './properties/distributed-poison/topics.js';
import { poisonProperty } from './properties/distributed-poison.js';
import { join, runCommand } from './measure/index.js';

void runCommand(async () => {
  const cluster = await TestCluster.open({ store: 'jdbc-postgresql' });
  const mark = `Canary${randomBytes(9).toString('hex')}`;
  try {
    const mutations = Number(process.argv[2] ?? 5_000);
    const options = { mutations, poisoned: Math.min(100, mutations / 30), keys: 200, lanes: 16, mark };
    return join(await poisonProperty(cluster, options), await canaryProperty(cluster, mark));
  } finally {
    await cluster.close();
  }
});
