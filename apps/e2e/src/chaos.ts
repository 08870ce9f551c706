import { parseArgs } from 'node:util';
import { chaosProperty } from './properties/chaos.js';
import { TestCluster } from './cluster/index.js';
import { join, runCommand } from './measure/index.js';

const number = (text: string) => ({ type: 'string', default: text }) as const;
const { values } = parseArgs({
  options: { kills: number('20'), pauses: number('3'), mutations: number('5000'), keys: number('200') },
});

void runCommand(async () => {
  const cluster = await TestCluster.open({ store: 'jdbc-postgresql' });
  const options = {
    kills: Number(values.kills),
    pauses: Number(values.pauses),
    mutations: Number(values.mutations),
    keys: Number(values.keys),
    lanes: 16,
  };
  try {
    return join(
      await chaosProperty(cluster, { ...options, role: 'secret-worker' }),
      await chaosProperty(cluster, { ...options, role: 'cache-invalidator' }),
    );
  } finally {
    await cluster.close();
  }
});
