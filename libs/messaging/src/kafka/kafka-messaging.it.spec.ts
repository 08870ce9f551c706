import { randomUUID } from 'node:crypto';
import { systemClock } from '@coffer/secrets';
import { describeMessaging } from '../suite/describe-messaging.js';
import { PARTITIONS, ringOf, SHARDS } from '../suite/examples.js';
import { openKafkaMessaging } from './kafka-messaging.js';

const brokers = (): string[] => {
  const addresses = process.env['COFFER_TEST_KAFKA_BROKERS'];
  if (addresses === undefined)
    throw new Error('set COFFER_TEST_KAFKA_BROKERS, or run `npm test`, which brings Kafka up');
  return addresses.split(',');
};

const open = async (topology = { partitions: PARTITIONS, shards: SHARDS }, name: string = randomUUID()) =>
  openKafkaMessaging({
    configuration: { brokers: brokers(), topic: { replicationFactor: 1 } },
    topology,
    window: 60_000,
    clock: systemClock,
    ring: await ringOf(),
    log: () => undefined,
    onFatal: (error) => {
      throw error;
    },
    topics: { mutations: `${name}.mutations`, coherence: `${name}.coherence`, deadLetters: `${name}.dead-letters` },
    groups: { workers: `${name}.workers`, coordinators: `${name}.coordinators` },
  });

describeMessaging({ name: 'kafka', open: () => open() });

describe('the topics', () => {
  it('refuse another number of partitions than they were made with', async () => {
    const name = randomUUID();
    await (await open({ partitions: 4, shards: 2 }, name)).close();
    await expect(open({ partitions: 5, shards: 2 }, name)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(/\.mutations has 4 partitions and the configuration says 5/),
    });
    await (await open({ partitions: 4, shards: 2 }, name)).close();
  });
});
