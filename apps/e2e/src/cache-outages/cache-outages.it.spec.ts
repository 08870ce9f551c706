import { CachedCluster } from '../cache-cluster/index.js';
import { pausedGateway } from './paused-gateway.js';
import { withoutKafka, withoutRedis } from './property.js';
import { rollingRestart } from './rolling-restart.js';

jest.setTimeout(1_200_000);

describe('cached reads while something is away', () => {
  let cluster: CachedCluster;

  beforeAll(async () => {
    cluster = await CachedCluster.open({ cache: {} });
  });
  afterAll(() => cluster.close());

  it('go on while every gateway is ended and started again', async () => {
    expect((await rollingRestart(cluster, { strict: false })).problems).toEqual([]);
  });

  /** How long the worst write takes is for the measurement to say. */
  it('are right after a gateway was stopped, and writes go on meanwhile', async () => {
    const { problems } = await pausedGateway(cluster, { stopped: 6, strict: false });
    expect(problems).toEqual([]);
  });

  it('come from the store while Redis is away', async () => {
    expect((await withoutRedis(cluster, { seconds: 6 })).problems).toEqual([]);
  });

  it('come from the store while Kafka is away, and no write is lost', async () => {
    expect((await withoutKafka(cluster, { seconds: 6 })).problems).toEqual([]);
  });
});
