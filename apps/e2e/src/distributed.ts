import { TestCluster } from './cluster/index.js';
import { lifeProperty } from './properties/distributed.js';
import { join, runCommand, type Outcome } from './measure/index.js';

const NAMES = { 'jdbc-postgresql': 'PostgreSQL', 'jdbc-mysql': 'MariaDB' };

const on = async (store: keyof typeof NAMES): Promise<Outcome> => {
  const cluster = await TestCluster.open({ store });
  try {
    const { figures, problems } = await lifeProperty(cluster, { rounds: 100, writers: 20 });
    return { figures: figures.map((row) => ({ ...row, figure: `${NAMES[store]}: ${row.figure}` })), problems };
  } finally {
    await cluster.close();
  }
};

void runCommand(async () => join(await on('jdbc-postgresql'), await on('jdbc-mysql')));
