import { randomUUID } from 'node:crypto';
import { systemClock, type CofferError } from '@coffer/secrets';
import { ringOf, until } from '../suite/examples.js';
import { LogClock } from '../contract/log-clock.js';
import { connectKafka, onceLed } from './connection.js';
import { KafkaLog } from './kafka-log.js';

describe('a log some of whose records were signed with a key that this process did not have yet', () => {
  const topic = `${randomUUID()}.coherence`;
  const kafka = connectKafka(
    { brokers: (process.env['COFFER_TEST_KAFKA_BROKERS'] ?? '').split(','), topic: {} },
    () => undefined,
  );
  const admin = kafka.admin();
  const refused: string[] = [];
  const fatal: CofferError[] = [];
  const open = async (...ids: [string, ...string[]]) => {
    const ring = await ringOf(...ids);
    const log = new KafkaLog({
      ...{ kafka, patient: kafka, topic, identity: 'a1', shards: 1, windowMs: 600_000, clock: systemClock },
      ...{ time: new LogClock(systemClock), ring },
      onRefused: (reason) => void refused.push(reason),
      onFatal: (error) => void fatal.push(error),
    });
    return { ring, log };
  };
  beforeAll(async () => {
    await admin.connect();
    const configEntries = [{ name: 'message.timestamp.type', value: 'LogAppendTime' }];
    await admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }], waitForLeaders: false });
    await onceLed(admin, () => admin.fetchTopicOffsets(topic));
  });
  afterAll(async () => {
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
  });

  it('is read anew by a process that starts again, once it has the key', async () => {
    const reader = await open('first');
    const tail = await reader.log.tail([0], { read: () => undefined });
    reader.ring.replace(await ringOf('first', 'never-used'));
    expect(fatal).toEqual([]);
    const writer = await open('late');
    await writer.log.append(0, { type: 'EPOCH', claim: 'late' });
    await until(() => refused.includes('unknown-key'));
    reader.ring.replace(await ringOf('first', 'never-used', 'late'));
    expect(fatal.map(({ message }) => message)).toEqual([
      expect.stringContaining("key 'late' before this process had it"),
    ]);
    await tail.close();
    await Promise.all([reader.log.close(), writer.log.close()]);
  });
});
