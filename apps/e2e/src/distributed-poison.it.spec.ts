import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { TestCluster } from './cluster/index.js';
import { canaryProperty } from './properties/distributed-poison/topics.js';
import { poisonProperty } from './properties/distributed-poison.js';

jest.setTimeout(1_200_000);

it('buries what cannot be opened, applies it once its key is back, and shows no value on the way', async () => {
  const cluster = await TestCluster.open({ store: 'jdbc-postgresql' });
  const mark = `Canary${randomBytes(9).toString('hex')}`;
  try {
    const options = { mutations: 300, poisoned: 10, keys: 40, lanes: 8, mark };
    expect((await poisonProperty(cluster, options)).problems).toEqual([]);
    expect((await canaryProperty(cluster, mark)).problems).toEqual([]);
  } finally {
    await cluster.close();
  }
});
