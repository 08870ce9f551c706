import { ConfigResourceTypes, type Admin, type Kafka } from 'kafkajs';
import { CofferError } from '@coffer/secrets';
import type { Topology } from '../contract/topology.js';
import { UNDELIVERED_MAX_BYTES } from '../contract/undelivered-events.js';
import { onceLed } from './connection.js';

export interface TopicNames {
  readonly mutations: string;
  readonly coherence: string;
  readonly deadLetters: string;
  /** Made by gateways that have webhooks. Defaults to `UNDELIVERED_TOPIC`. */
  readonly undelivered?: string;
  /** Defaults to `REVOCATIONS_TOPIC`. */
  readonly revocations?: string;
}

export const UNDELIVERED_TOPIC = 'coffer.secret.webhook-dead-letters';

export const TOPICS: TopicNames = {
  mutations: 'coffer.secret.mutations',
  coherence: 'coffer.secret.coherence',
  deadLetters: 'coffer.secret.dead-letters',
};

export interface TopicOptions {
  readonly topology: Topology;
  /** Replicas of topics that are made. Defaults to the broker's own setting. */
  readonly replicationFactor?: number;
  /** The replay window; the log is kept twice as long. */
  readonly windowMs: number;
  /** Bytes of dead letters that the topic keeps at least; beyond them, and a segment, the oldest go. */
  readonly deadLettersMaxBytes: number;
}

interface Wanted {
  readonly topic: string;
  readonly partitions: number;
  readonly settings: Readonly<Record<string, string>>;
}

const DAY_MS = 86_400_000;
/** Kafka's default. */
const MAX_SEGMENT_BYTES = 1_073_741_824;
const TIMESTAMP_TYPE = 'message.timestamp.type';
/** A value of 512 KiB whose every character JSON escapes six-fold, sealed, with metadata and headers. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
const MAX_MESSAGE = String(MAX_MESSAGE_BYTES);

/**
 * Compacted, so that a discarded letter goes, and bounded: compaction alone keeps every letter for ever. Whole segments
 * are deleted, never the one that is written to, so they are small beside the bound; none for its age.
 */
const bounded = (maxBytes: number): Record<string, string> => ({
  'cleanup.policy': 'compact,delete',
  'retention.bytes': String(maxBytes),
  'retention.ms': '-1',
  'segment.bytes': String(Math.min(Math.max(2 * MAX_MESSAGE_BYTES, Math.floor(maxBytes / 8)), MAX_SEGMENT_BYTES)),
});

const wanted = (
  names: TopicNames,
  { topology, windowMs, replicationFactor = 1, deadLettersMaxBytes }: TopicOptions,
): Wanted[] => {
  const durable: Record<string, string> = {
    'cleanup.policy': 'delete',
    'unclean.leader.election.enable': 'false',
    'max.message.bytes': MAX_MESSAGE,
    ...(replicationFactor >= 3 ? { 'min.insync.replicas': '2' } : {}),
  };
  // Whoever writes to a topic could name any time otherwise, and old copies would pass for new ones.
  const stamped = { [TIMESTAMP_TYPE]: 'LogAppendTime' };
  const log = {
    ...stamped,
    'retention.ms': String(2 * windowMs),
    'segment.ms': String(windowMs),
  };
  return [
    {
      topic: names.mutations,
      partitions: topology.partitions,
      settings: { ...durable, ...stamped, 'retention.ms': String(7 * DAY_MS) },
    },
    { topic: names.coherence, partitions: topology.shards, settings: { ...durable, ...log } },
    { topic: names.deadLetters, partitions: 1, settings: { ...durable, ...bounded(deadLettersMaxBytes) } },
  ];
};

/** Answers before every broker knows of them: kafkajs's own way to wait fails where one has not even heard of a topic. */
export const makeTopics = async (
  admin: Admin,
  topics: readonly Wanted[],
  replicationFactor: number | undefined,
): Promise<void> => {
  const entries = topics.map(({ topic, partitions, settings }) => ({
    topic,
    numPartitions: partitions,
    replicationFactor: replicationFactor ?? -1,
    configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })),
  }));
  await onceLed(admin, () => admin.createTopics({ waitForLeaders: false, topics: entries }));
};

/** Throws `configuration` for a topic whose records carry a time that their sender names. */
const checkTimestamps = async (admin: Admin, topics: readonly string[]): Promise<void> => {
  const asked = topics.map((name) => ({ type: ConfigResourceTypes.TOPIC, name, configNames: [TIMESTAMP_TYPE] }));
  const { resources } = await onceLed(admin, () => admin.describeConfigs({ includeSynonyms: false, resources: asked }));
  for (const { resourceName: topic, configEntries } of resources) {
    const type = configEntries.find(({ configName }) => configName === TIMESTAMP_TYPE)?.configValue;
    if (type === 'LogAppendTime') continue;
    throw new CofferError(
      'configuration',
      `the topic ${topic} has ${TIMESTAMP_TYPE} ${type ?? 'unknown'}: set it to LogAppendTime, so that old copies of ` +
        'records are known as such',
      { topic },
    );
  }
};

/**
 * Makes the topics that are missing and checks those that are there; resolves when their partitions can be used, with the
 * id of the cluster. Throws
 * `configuration` when a topic has another number of partitions than configured (keys would move to other partitions and
 * lose their order), or records with their senders' time.
 */
export const ensureTopics = async (kafka: Kafka, names: TopicNames, options: TopicOptions): Promise<string> => {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const there = new Set(await onceLed(admin, () => admin.listTopics()));
    const all = wanted(names, options);
    const missing = all.filter(({ topic }) => !there.has(topic));
    if (missing.length > 0) await makeTopics(admin, missing, options.replicationFactor);
    const { topics } = await onceLed(admin, () => admin.fetchTopicMetadata({ topics: all.map(({ topic }) => topic) }));
    for (const { topic, partitions } of all) {
      const has = topics.find(({ name }) => name === topic)?.partitions.length;
      if (has === partitions) continue;
      throw new CofferError(
        'configuration',
        `the topic ${topic} has ${has ?? 'no'} partitions and the configuration says ${partitions}: set coffer.messaging ` +
          'to what the topic has; counts are fixed once a topic is made',
        { topic, partitions },
      );
    }
    for (const { topic } of all) await onceLed(admin, () => admin.fetchTopicOffsets(topic));
    await checkTimestamps(
      admin,
      all.filter(({ settings }) => TIMESTAMP_TYPE in settings).map(({ topic }) => topic),
    );
    return (await onceLed(admin, () => admin.describeCluster())).clusterId;
  } finally {
    await admin.disconnect();
  }
};

/** Makes the topic of undelivered events, where it is missing: one partition, compacted and bounded. */
export const ensureUndeliveredTopic = async (
  kafka: Kafka,
  topic: string,
  replicationFactor: number | undefined,
): Promise<void> => {
  const admin = kafka.admin();
  await admin.connect();
  try {
    if ((await onceLed(admin, () => admin.listTopics())).includes(topic)) return;
    const settings = {
      ...bounded(UNDELIVERED_MAX_BYTES),
      'max.message.bytes': MAX_MESSAGE,
      ...(replicationFactor !== undefined && replicationFactor >= 3 ? { 'min.insync.replicas': '2' } : {}),
    };
    await makeTopics(admin, [{ topic, partitions: 1, settings }], replicationFactor);
    await onceLed(admin, () => admin.fetchTopicOffsets(topic));
  } finally {
    await admin.disconnect();
  }
};
