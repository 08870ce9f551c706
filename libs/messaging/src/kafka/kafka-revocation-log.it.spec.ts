import { randomUUID } from 'node:crypto';
import { systemClock } from '@coffer/secrets';
import type { Revocation } from '../contract/revocation-log.js';
import { ringOf, until } from '../suite/examples.js';
import { connectKafka } from './connection.js';
import { KafkaRevocationLog } from './kafka-revocation-log.js';
import { ensureRevocationsTopic } from './revocations-topic.js';

const RETENTION_MS = 9 * 3_600_000;
const kafka = connectKafka(
  { brokers: (process.env['COFFER_TEST_KAFKA_BROKERS'] ?? '').split(','), topic: {} },
  () => undefined,
);
const admin = kafka.admin();
const topics: string[] = [];
beforeAll(() => admin.connect());
afterAll(async () => {
  await admin.deleteTopics({ topics });
  await admin.disconnect();
});

const newTopic = async (): Promise<string> => {
  const topic = `${randomUUID()}.revocations`;
  topics.push(topic);
  await ensureRevocationsTopic(kafka, topic, { retentionMs: RETENTION_MS, replicationFactor: 1 });
  return topic;
};

const open = async (topic: string, ...ids: [string, ...string[]]) => {
  const ring = await ringOf(...ids);
  const refused: string[] = [];
  const log = new KafkaRevocationLog({
    ...{ kafka, patient: kafka, topic, ring, clock: systemClock },
    onRefused: (reason) => void refused.push(reason),
  });
  const seen: Revocation[] = [];
  return { ring, log, refused, seen, follow: () => log.follow((revocation) => void seen.push(revocation)) };
};

const revocation = (id: string): Revocation => ({
  ...{ kind: 'session', id, beganAtMs: 1_800_000_000_000.5, expiresAtMs: 1_800_000_003_600 },
});

it('what one process publishes is told to all that follow, and to those that begin later before they go on', async () => {
  const topic = await newTopic();
  const [one, two] = [await open(topic, 'k'), await open(topic, 'k')];
  await Promise.all([one.follow(), two.follow()]);
  expect([one.seen, two.seen]).toEqual([[], []]);
  await one.log.publish(revocation('a'));
  await two.log.publish({ ...revocation('b'), kind: 'token' });
  await until(() => one.seen.length === 2 && two.seen.length === 2);
  const all = [revocation('a'), { ...revocation('b'), kind: 'token' }];
  expect([one.seen, two.seen]).toEqual([all, all]);
  const late = await open(topic, 'k');
  await late.follow();
  expect(late.seen).toEqual(all);
  await one.log.publish(revocation('c'));
  await until(() => late.seen.length === 3);
  await Promise.all([one, two, late].map(({ log }) => log.close()));
});

it('what nobody wrote who has the keys is passed over', async () => {
  const topic = await newTopic();
  const [reader, writer, externalClient] = [await open(topic, 'k'), await open(topic, 'k'), await open(topic, 'other')];
  await externalClient.log.publish(revocation('a'));
  const producer = kafka.producer();
  await producer.connect();
  const forged = JSON.stringify(revocation('b'));
  await producer.send({
    topic,
    messages: [
      { partition: 0, key: 'b', value: forged },
      { partition: 0, value: null },
    ],
  });
  await producer.disconnect();
  await writer.log.publish({ ...revocation('c'), id: 'x'.repeat(65) });
  await writer.log.publish(revocation('d'));
  await reader.follow();
  expect(reader.seen).toEqual([revocation('d')]);
  expect(reader.refused).toEqual(['unknown-key', 'unsigned', 'unsigned', 'unreadable']);
  // With the key, what was signed by it counts.
  reader.ring.replace(await ringOf('k', 'other'));
  await until(() => reader.seen.some(({ id }) => id === 'a'));
  await Promise.all([reader, writer, externalClient].map(({ log }) => log.close()));
});

it.each([
  ['retention.ms', '3600000'],
  ['retention.bytes', '1000000'],
])('a topic that keeps less (%s) is refused', async (name, value) => {
  const topic = `${randomUUID()}.revocations`;
  topics.push(topic);
  await admin.createTopics({ topics: [{ topic, configEntries: [{ name, value }] }], waitForLeaders: false });
  await expect(
    ensureRevocationsTopic(kafka, topic, { retentionMs: RETENTION_MS, replicationFactor: 1 }),
  ).rejects.toMatchObject({ code: 'configuration', message: expect.stringContaining(`${name} ${value}`) });
});

it('a topic that keeps for longer, or all of it compacted, is taken', async () => {
  for (const configEntries of [
    [{ name: 'retention.ms', value: '-1' }],
    [{ name: 'cleanup.policy', value: 'compact' }],
  ]) {
    const topic = `${randomUUID()}.revocations`;
    topics.push(topic);
    await admin.createTopics({ topics: [{ topic, configEntries }], waitForLeaders: false });
    await ensureRevocationsTopic(kafka, topic, { retentionMs: RETENTION_MS, replicationFactor: 1 });
  }
});
