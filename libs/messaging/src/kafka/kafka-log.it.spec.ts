import { randomUUID } from 'node:crypto';
import type { Admin, Kafka } from 'kafkajs';
import { systemClock, type CofferError } from '@coffer/secrets';
import { until } from '../suite/examples.js';
import { connectKafka, onceLed } from './connection.js';
import { KafkaLog } from './kafka-log.js';

/** In milliseconds. */
const CHECK = 50;

const claim = (text: string) => ({ type: 'EPOCH', claim: text }) as const;

/** The same client, with something that happens between a broker's answer about the topic's ends and its arrival. */
const slowly = (kafka: Kafka, meanwhile: () => Promise<void>): Kafka => {
  const slow = Object.create(kafka) as Kafka;
  slow.admin = (config) => {
    const admin = kafka.admin(config);
    const fetchTopicOffsets: Admin['fetchTopicOffsets'] = async (topic) => {
      const ends = await admin.fetchTopicOffsets(topic);
      await meanwhile();
      return ends;
    };
    return { ...admin, fetchTopicOffsets };
  };
  return slow;
};

describe('a tail’s check of what became of its topic', () => {
  const topic = `${randomUUID()}.coherence`;
  const kafka = connectKafka(
    { brokers: (process.env['COFFER_TEST_KAFKA_BROKERS'] ?? '').split(','), topic: {} },
    () => undefined,
  );
  const admin = kafka.admin();
  const fatal: CofferError[] = [];
  const open = (client: Kafka) =>
    new KafkaLog({
      kafka: client,
      patient: client,
      topic,
      shards: 1,
      window: 60_000,
      clock: systemClock,
      onFatal: (error) => void fatal.push(error),
      check: CHECK,
    });
  const make = async () => {
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: false });
    await onceLed(admin, () => admin.fetchTopicOffsets(topic));
  };

  beforeAll(async () => {
    await admin.connect();
    await make();
  });
  afterAll(async () => {
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
  });

  it('is not misled by records that arrive while the broker answers', async () => {
    let read = 0;
    let checks = 0;
    let over = false;
    const writer = open(kafka);
    const log = open(
      slowly(kafka, async () => {
        checks += 1;
        // The first one asks where the tail begins.
        if (checks === 1 || over) return;
        const before = read;
        await writer.append(0, claim(`${checks}`));
        await until(() => over || fatal.length > 0 || read > before);
      }),
    );
    const tail = await log.tail([0], { read: () => void (read += 1) });
    await until(() => checks > 4 || fatal.length > 0);
    over = true;
    await tail.close();
    await Promise.all([log.close(), writer.close()]);
    expect(fatal).toEqual([]);
  });

  it('notices records that were deleted before they were read', async () => {
    const log = open(kafka);
    const { promise: held, resolve: goOn } = Promise.withResolvers<void>();
    let read = 0;
    await log.append(0, claim('first'));
    const tail = await log.tail([0], {
      read: () => {
        read += 1;
        return held;
      },
    });
    await until(() => read > 0);
    await log.append(0, claim('deleted'));
    const last = await log.append(0, claim('kept'));
    // The client deletes records only of a topic whose leaders it has had to know.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: last.toString() }] });
    goOn();
    await until(() => fatal.length > 0);
    expect(fatal.splice(0)[0]?.message).toMatch(/were deleted/);
    await tail.close();
    await log.close();
  });

  it('notices a topic that ends before what was read', async () => {
    const log = open(kafka);
    let read = 0;
    await log.append(0, claim('first'));
    const tail = await log.tail([0], { read: () => void (read += 1) });
    await until(() => read > 0);
    await admin.deleteTopics({ topics: [topic] });
    for (let there = true; there;) there = (await admin.listTopics()).includes(topic);
    await make();
    await until(() => fatal.length > 0);
    expect(fatal[0]?.message).toMatch(/made anew/);
    await tail.close();
    await log.close();
  });
});
