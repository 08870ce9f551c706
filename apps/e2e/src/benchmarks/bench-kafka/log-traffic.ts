import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Kafka } from 'kafkajs';
import { TOPICS } from '@coffer/messaging';

/** Records of a topic, the mutations or the coherence log, and their bytes with the broker's own framing. */
export interface Traffic {
  readonly records: number;
  readonly bytes: number;
}

export type TrafficByTopic = Readonly<Record<'mutations' | 'coherence', Traffic>>;

/** What the segments of a topic take up in the broker's folder. */
const bytesOf = (folder: string, topic: string): number =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.log') && file.includes(`${topic}-`))
    .reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);

const traffic = async (kafka: Kafka, folder: string, topic: string): Promise<Traffic> => {
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  return { records: ends.reduce((sum, { high }) => sum + Number(high), 0), bytes: bytesOf(folder, topic) };
};

const both = async (kafka: Kafka, folder: string): Promise<TrafficByTopic> => ({
  mutations: await traffic(kafka, folder, TOPICS.mutations),
  coherence: await traffic(kafka, folder, TOPICS.coherence),
});

/** What `run`, which says how many writes it made, left in the topics, per write. */
export const trafficOf = async (kafka: Kafka, folder: string, run: () => Promise<number>): Promise<TrafficByTopic> => {
  const before = await both(kafka, folder);
  const writes = await run();
  const after = await both(kafka, folder);
  const difference = (topic: keyof TrafficByTopic): Traffic => ({
    records: (after[topic].records - before[topic].records) / writes,
    bytes: (after[topic].bytes - before[topic].bytes) / writes,
  });
  return { mutations: difference('mutations'), coherence: difference('coherence') };
};
