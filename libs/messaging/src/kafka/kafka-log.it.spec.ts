import { randomUUID } from 'node:crypto';
import type { Admin, AdminConfig, Kafka } from 'kafkajs';
import type { LogEntry } from '@coffer/coherence';
import type { KeyRing } from '@coffer/crypto';
import { systemClock, type Clock, type CofferError } from '@coffer/secrets';
import { RECORDS, ringOf, until } from '../suite/examples.js';
import { LogClock, MAX_DELAY_MS } from '../contract/log-clock.js';
import { connectKafka, onceLed } from './connection.js';
import { KafkaLog } from './kafka-log.js';
import { LogAuthenticator } from './log-authenticator.js';
import { encodeLogRecord } from './log-codec.js';

const CHECK_INTERVAL_MS = 50;

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
      identity: 'a1',
      shards: 1,
      windowMs: 60_000,
      clock: systemClock,
      time: new LogClock(systemClock),
      ring,
      onFatal: (error) => void fatal.push(error),
      checkIntervalMs: CHECK_INTERVAL_MS,
    });
  const make = async () => {
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: false });
    await onceLed(admin, () => admin.fetchTopicOffsets(topic));
  };

  let ring: KeyRing;
  beforeAll(async () => {
    ring = await ringOf();
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

  it('believes no broker that led the topic until it was cut off, while others let the tail read on', async () => {
    let read = 0;
    let checks = 0;
    const writer = open(kafka);
    const cutOff = Object.create(kafka) as Kafka;
    cutOff.admin = (config) => {
      const admin = kafka.admin(config);
      const fetchTopicOffsets: Admin['fetchTopicOffsets'] = async (asked) => {
        const ends = await admin.fetchTopicOffsets(asked);
        checks += 1;
        // The first one asks where the tail begins.
        return checks === 1 ? ends : ends.map((end) => ({ ...end, high: '0' }));
      };
      return { ...admin, fetchTopicOffsets };
    };
    const log = open(cutOff);
    const tail = await log.tail([0], { read: () => void (read += 1) });
    // A log that lives goes on: its coordinator writes a GRANT every half a second.
    while (checks < 9 && fatal.length === 0) {
      const before = [read, checks] as const;
      await writer.append(0, claim(`${checks}`));
      await until(() => fatal.length > 0 || (read > before[0] && checks > before[1]));
    }
    await tail.close();
    await Promise.all([log.close(), writer.close()]);
    expect(fatal.splice(0)).toEqual([]);
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

  it('notices a topic that was made anew and has outgrown what was read', async () => {
    fatal.splice(0);
    let checks = 0;
    const counting = Object.create(kafka, {
      admin: {
        value: (config?: AdminConfig) => {
          const client = kafka.admin(config);
          const { fetchTopicOffsets } = client;
          return Object.assign(client, {
            fetchTopicOffsets: async (name: string) => {
              const ends = await fetchTopicOffsets(name);
              checks += 1;
              return ends;
            },
          });
        },
      },
    }) as typeof kafka;
    const log = open(counting);
    let read = 0;
    for (const name of ['first', 'second', 'third']) await log.append(0, claim(name));
    const tail = await log.tail([0], { read: () => void (read += 1) });
    await until(() => read === 3);
    const before = checks;
    await until(() => checks > before + 1);
    // Its reader has no time to see the new topic while that is shorter than the old one.
    await admin.deleteTopics({ topics: [topic] });
    for (let there = true; there;) there = (await admin.listTopics()).includes(topic);
    await make();
    const other = open(kafka);
    await Promise.all(Array.from({ length: 50 }, (_, number) => other.append(0, claim(`of the new topic ${number}`))));
    await until(() => fatal.length > 0);
    expect(fatal.splice(0)[0]?.message).toMatch(/made anew/);
    await tail.close();
    await Promise.all([log.close(), other.close()]);
  });
});

describe('a log into which somebody writes who has not the key', () => {
  const topic = `${randomUUID()}.coherence`;
  const kafka = connectKafka(
    { brokers: (process.env['COFFER_TEST_KAFKA_BROKERS'] ?? '').split(','), topic: {} },
    () => undefined,
  );
  const admin = kafka.admin();
  const refused: string[] = [];
  let ring: KeyRing;
  const open = (time = new LogClock(systemClock), clock: Clock = systemClock) =>
    new KafkaLog({
      ...{ kafka, patient: kafka, topic, identity: 'a1', shards: 2, windowMs: 600_000, clock, time, ring },
      onRefused: (reason) => void refused.push(reason),
      onFatal: (error) => {
        throw error;
      },
    });
  const send = async (partition: number, ...values: (Buffer | null)[]): Promise<void> => {
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({ topic, messages: values.map((value) => ({ partition, value })) });
    await producer.disconnect();
  };

  beforeAll(async () => {
    ring = await ringOf('new', 'old');
    await admin.connect();
    const configEntries = [{ name: 'message.timestamp.type', value: 'LogAppendTime' }];
    await admin.createTopics({ topics: [{ topic, numPartitions: 2, configEntries }], waitForLeaders: false });
    await onceLed(admin, () => admin.fetchTopicOffsets(topic));
  });
  afterEach(() => void refused.splice(0));
  afterAll(async () => {
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
  });

  it('is read as if that were not there, up to its end', async () => {
    const log = open();
    const entries: LogEntry[] = [];
    const tail = await log.tail([0, 1], { read: (entry) => void entries.push(entry) });
    const now = Date.now();
    const genuine = new LogAuthenticator(ring, topic);
    const texts = RECORDS.map(encodeLogRecord);
    const foreignSigner = new LogAuthenticator(await ringOf('stranger'), topic);
    await send(
      0,
      ...texts.map((text) => Buffer.from(text)),
      ...texts.map((text) => genuine.sign(1, text, now)),
      ...texts.map((text) => new LogAuthenticator(ring, `${topic}.other`).sign(0, text, now)),
      ...texts.map((text) => foreignSigner.sign(0, text, now)),
      ...texts.map((text) => genuine.sign(0, text, now - MAX_DELAY_MS - 10_000)),
      null,
      Buffer.alloc(0),
      Buffer.from('{"schema":999}'),
      genuine.sign(0, 'no record', now),
      new LogAuthenticator(await ringOf('old'), topic).sign(0, texts[0] ?? '', now),
    );
    await log.append(0, claim('genuine'));
    await log.reachEnd(new AbortController().signal);
    await until(() => entries.length === 2);
    expect(entries.map(({ record }) => record)).toEqual([RECORDS[0], claim('genuine')]);
    const counts = Object.fromEntries(
      [...new Set(refused)].map((reason) => [reason, refused.filter((r) => r === reason).length]),
    );
    expect(counts).toEqual({
      unsigned: texts.length + 3,
      forged: 2 * texts.length,
      'unknown-key': texts.length,
      stale: texts.length,
      unreadable: 1,
    });
    await tail.close();
    await log.close();
  });

  it.each([3_600_000, 630_000, -3_600_000])('is replayed by a process whose own clock is %d ms off', async (off) => {
    const wrong: Clock = { monotonic: () => performance.now(), wall: () => Date.now() + off };
    const writer = open();
    for (const text of ['a', 'b']) await writer.append(1, claim(`${text} ${off}`));
    const log = open(new LogClock(wrong), wrong);
    const entries: LogEntry[] = [];
    const tail = await log.tail([1], { read: (entry) => void entries.push(entry) });
    await until(() => entries.length >= 2);
    expect(entries.slice(-2).map(({ record }) => record)).toEqual([claim(`a ${off}`), claim(`b ${off}`)]);
    await tail.close();
    await Promise.all([log.close(), writer.close()]);
  });

  it('is written and read right by a process whose own clock is wrong, from its second record on', async () => {
    const wrong: Clock = { monotonic: () => performance.now(), wall: () => Date.now() - 3_600_000 };
    const time = new LogClock(wrong);
    const writer = open(time, wrong);
    const log = open();
    const entries: LogEntry[] = [];
    const tail = await log.tail([1], { read: (entry) => void entries.push(entry) });
    await writer.append(1, claim('before it knows'));
    await writer.append(1, claim('after'));
    await until(() => entries.some(({ record }) => record.type === 'EPOCH' && record.claim === 'after'));
    expect([entries.at(-1)?.record, refused]).toEqual([claim('after'), ['stale']]);
    expect(Math.abs(time.offsetMs() - 3_600_000)).toBeLessThan(30_000);
    await tail.close();
    await Promise.all([log.close(), writer.close()]);
  });
});
