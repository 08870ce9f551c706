import { randomBytes, randomUUID } from 'node:crypto';
import { systemClock } from '@coffer/secrets';
import { describeMessaging } from '../suite/describe-messaging.js';
import type { SealedMutation } from '../contract/mutation-queue.js';
import { mutation, PARTITIONS, ringOf, SHARDS, until } from '../suite/examples.js';
import { connectKafka } from './connection.js';
import { openKafkaMessaging } from './kafka-messaging.js';

const brokers = (): string[] => {
  const addresses = process.env['COFFER_TEST_KAFKA_BROKERS'];
  if (addresses === undefined)
    throw new Error('set COFFER_TEST_KAFKA_BROKERS, or run `npm test`, which brings Kafka up');
  return addresses.split(',');
};

const open = async (
  topology = { partitions: PARTITIONS, shards: SHARDS },
  name: string = randomUUID(),
  generation?: number,
) =>
  openKafkaMessaging({
    ...(generation === undefined ? {} : { generation }),
    configuration: { brokers: brokers(), topic: { replicationFactor: 1 } },
    topology,
    windowMs: 60_000,
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

it('a log has one name in every process, and another than logs of other topics or of another generation', async () => {
  const topology = { partitions: 1, shards: 1 };
  const name = randomUUID();
  const opened = await Promise.all([
    ...[undefined, undefined, 1, 2].map((generation) => open(topology, name, generation)),
    open(topology),
  ]);
  const names = opened.map(({ messaging }) => messaging.log.identity);
  await Promise.all(opened.map(({ close }) => close()));
  expect(names[0]).toMatch(/^[0-9a-f]{16}$/);
  expect(names.map((each) => names.indexOf(each))).toEqual([0, 0, 0, 3, 4]);
});

describe('copies of mutations', () => {
  it('are delivered as such, whoever has finished the original and whenever', async () => {
    const { messaging, close } = await open({ partitions: 1, shards: 1 });
    const seen: string[] = [];
    const join = async () => {
      const consumer = messaging.consumer();
      await consumer.start({
        assigned: () => Promise.resolve(),
        revoked: () => undefined,
        deliver: ({ mutation: { operation }, repeats }) => {
          seen.push(`${operation}${repeats === true ? ' again' : ''}`);
          // Waits for ever, as behind a store that is away.
          return operation === 'stuck' ? new Promise(() => undefined) : Promise.resolve();
        },
      });
      return consumer;
    };
    // The bodies are as long as sealed ones.
    const [old, later, stuck] = ['old', 'later', 'stuck'].map((operation) =>
      mutation('main/ns/key', operation, randomBytes(150)),
    ) as [SealedMutation, SealedMutation, SealedMutation];
    await messaging.producer.publish(old);
    const first = await join();
    await until(() => seen.length === 1);
    await until(() => messaging.producer.unfinished(old.path) === 0);
    await first.close();
    seen.splice(0);
    // While there is no worker.
    for (const record of [stuck, later, old, later, { ...old, operation: 'renamed' }]) {
      await messaging.producer.publish(record);
    }
    const second = await join();
    await until(() => seen.length === 5);
    expect(seen.splice(0)).toEqual(['stuck', 'later', 'old again', 'later again', 'renamed again']);
    await second.close();
    // `stuck` keeps all behind it from being committed.
    const third = await join();
    await until(() => seen.length === 5);
    expect(seen).toEqual(['stuck', 'later', 'old again', 'later again', 'renamed again']);
    await third.close();
    await close();
  });
});

describe('the topics', () => {
  it('refuse records with a time that their sender names', async () => {
    const name = randomUUID();
    const admin = connectKafka({ brokers: brokers(), topic: {} }, () => undefined).admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: `${name}.mutations`, numPartitions: 2 }], waitForLeaders: false });
    await admin.disconnect();
    await expect(open({ partitions: 2, shards: 2 }, name)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(/\.mutations has message\.timestamp\.type CreateTime: set it to LogAppendTime/),
    });
  });

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
