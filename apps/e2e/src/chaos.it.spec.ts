import { chaosProperty } from './properties/chaos.js';
import { TestCluster } from './cluster/index.js';

jest.setTimeout(1_200_000);

describe('processes that die or wake too late', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await TestCluster.open({ store: 'jdbc-postgresql' });
  });
  afterAll(() => cluster.close());

  it.each(['secret-worker', 'cache-invalidator'] as const)(
    'a %s: lose no write, put none out of order and overwrite nothing newer',
    async (role) => {
      const size = { kills: 2, pauses: 1, mutations: 300, keys: 40, lanes: 8 };
      const { problems } = await chaosProperty(cluster, { ...size, role });
      expect(problems).toEqual([]);
    },
  );
});
