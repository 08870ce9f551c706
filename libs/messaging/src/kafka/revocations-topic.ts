import { ConfigResourceTypes, type Admin, type Kafka } from 'kafkajs';
import { CofferError } from '@coffer/secrets';
import { onceLed } from './connection.js';
import { makeTopics } from './topics.js';

export const REVOCATIONS_TOPIC = 'coffer.access.revocations';

const HOUR_MS = 3_600_000;
const MAX_MESSAGE_BYTES = 1_048_576;
const SETTINGS = ['cleanup.policy', 'retention.ms', 'retention.bytes'];

/** Throws `configuration` for a topic that may forget what is to be kept. */
const checkRetention = async (admin: Admin, topic: string, retentionMs: number): Promise<void> => {
  const resources = [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: SETTINGS }];
  const described = await onceLed(admin, () => admin.describeConfigs({ includeSynonyms: false, resources }));
  const entries = new Map(
    described.resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]),
  );
  if (entries.get('cleanup.policy')?.includes('delete') !== true) return;
  const [keptMs, keptBytes] = [Number(entries.get('retention.ms')), Number(entries.get('retention.bytes'))];
  if ((keptMs < 0 || keptMs >= retentionMs) && keptBytes < 0) return;
  throw new CofferError(
    'configuration',
    `the topic ${topic} has retention.ms ${keptMs} and retention.bytes ${keptBytes}: set them to ${retentionMs} or more and to -1, ` +
      'so that no session counts again which was signed out',
    { topic },
  );
};

/**
 * Makes the topic where it is missing: one partition, whose records go once they are older than `retentionMs`. Throws
 * `configuration` for one that keeps less.
 */
export const ensureRevocationsTopic = async (
  kafka: Kafka,
  topic: string,
  { retentionMs, replicationFactor }: { readonly retentionMs: number; readonly replicationFactor?: number | undefined },
): Promise<void> => {
  const admin = kafka.admin();
  await admin.connect();
  try {
    if (!(await onceLed(admin, () => admin.listTopics())).includes(topic)) {
      const settings = {
        'cleanup.policy': 'delete',
        'retention.ms': String(retentionMs),
        'retention.bytes': '-1',
        'segment.ms': String(HOUR_MS),
        'unclean.leader.election.enable': 'false',
        'max.message.bytes': String(MAX_MESSAGE_BYTES),
        ...(replicationFactor !== undefined && replicationFactor >= 3 ? { 'min.insync.replicas': '2' } : {}),
      };
      await makeTopics(admin, [{ topic, partitions: 1, settings }], replicationFactor);
    }
    await onceLed(admin, () => admin.fetchTopicOffsets(topic));
    await checkRetention(admin, topic, retentionMs);
  } finally {
    await admin.disconnect();
  }
};
