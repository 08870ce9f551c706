import { randomUUID } from 'node:crypto';
import { fenceOf, systemClock } from '@coffer/secrets';
import { ConfigResourceTypes, type Admin } from 'kafkajs';
import { deadLetterId, type DeadLetter } from '../contract/dead-letters.js';
import { mutation, ringOf } from '../suite/examples.js';
import { connectKafka } from './connection.js';
import { openKafkaMessaging, type OpenKafkaMessaging } from './kafka-messaging.js';

const MIB = 1_048_576;

const configuration = () => {
  const addresses = process.env['COFFER_TEST_KAFKA_BROKERS'];
  if (addresses === undefined)
    throw new Error('set COFFER_TEST_KAFKA_BROKERS, or run `npm test`, which brings Kafka up');
  return { brokers: addresses.split(','), topic: { replicationFactor: 1 } };
};

const deadLetter = (offset: bigint): DeadLetter => ({
  id: deadLetterId(fenceOf(1, offset), 0),
  mutation: mutation('main/ns/key', `operation ${offset}`),
  code: 'invalid',
  time: 0,
});

describe('the topic of dead letters', () => {
  const evicted: string[] = [];
  let topic: string;
  let admin: Admin;
  let open: OpenKafkaMessaging;
  beforeEach(async () => {
    const name = randomUUID();
    topic = `${name}.dead-letters`;
    evicted.splice(0);
    open = await openKafkaMessaging({
      configuration: configuration(),
      topology: { partitions: 1, shards: 1 },
      window: 60_000,
      clock: systemClock,
      ring: await ringOf(),
      deadLettersMaxBytes: 96 * MIB,
      onDeadLetterEvicted: ({ id }, reason) => void evicted.push(`${id} ${reason}`),
      log: () => undefined,
      onFatal: (error) => {
        throw error;
      },
      topics: { mutations: `${name}.mutations`, coherence: `${name}.coherence`, deadLetters: topic },
      groups: { workers: `${name}.workers`, coordinators: `${name}.coordinators` },
    });
    admin = connectKafka(configuration(), () => undefined).admin();
    await admin.connect();
  });
  afterEach(async () => {
    await admin.disconnect();
    await open.close();
  });

  const deleteBefore = async (offset: string): Promise<void> => {
    // The client knows the leader only of topics that it was asked about.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset }] });
  };

  it('is compacted, bounded in bytes by the configuration, and deletes nothing for its age', async () => {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [
        {
          type: ConfigResourceTypes.TOPIC,
          name: topic,
          configNames: ['cleanup.policy', 'retention.bytes', 'retention.ms', 'segment.bytes'],
        },
      ],
    });
    const settings = Object.fromEntries(
      (resources[0]?.configEntries ?? []).map(({ configName, configValue }) => [configName, configValue]),
    );
    expect(settings['cleanup.policy']?.split(',').sort()).toEqual(['compact', 'delete']);
    expect(settings).toMatchObject({
      'retention.bytes': String(96 * MIB),
      'retention.ms': '-1',
      'segment.bytes': String(12 * MIB),
    });
  });

  it('no longer shows what the broker has deleted, and tells which letters these were', async () => {
    const { deadLetters, budgets } = open.messaging;
    const [first, second, third] = [deadLetter(1n), deadLetter(2n), deadLetter(3n)];
    for (const each of [first, second, third]) await deadLetters.add(each);
    expect(await deadLetters.list()).toHaveLength(3);
    await deleteBefore('2');
    expect((await deadLetters.list()).map(({ id }) => id)).toEqual([third.id]);
    expect(await deadLetters.find(first.id)).toBeUndefined();
    expect((await deadLetters.find(third.id))?.id).toBe(third.id);
    expect(evicted).toEqual([`${first.id} topic`, `${second.id} topic`]);
    expect(budgets()['dead-letters']?.evictions).toBe(2);
    await deleteBefore('3');
    expect(await deadLetters.list()).toEqual([]);
    await deadLetters.add(deadLetter(4n));
    expect((await deadLetters.list()).map(({ id }) => id)).toEqual([deadLetter(4n).id]);
  });
});
