import { createHash } from 'node:crypto';
import type { KafkaConfiguration } from '@coffer/config';
import type { Clock, CofferError } from '@coffer/secrets';
import { LogClock } from '../contract/log-clock.js';
import type { Messaging } from '../contract/messaging.js';
import { PartitionClocks } from '../contract/partition-clocks.js';
import type { Topology } from '../contract/topology.js';
import { DEAD_LETTERS_MAX_BYTES } from '../memory/memory-dead-letters.js';
import type { BrokerAnswers } from './broker-connections.js';
import { BOUNDED, connectKafka, PATIENT, type KafkaLog as ClientLog } from './connection.js';
import type { OnEvicted } from './dead-letter-view.js';
import { KafkaConsumer, MAX_IN_FLIGHT_BYTES } from './kafka-consumer.js';
import { KafkaDeadLetters, type KafkaDeadLettersOptions } from './kafka-dead-letters.js';
import { KafkaLog, type KafkaLogOptions } from './kafka-log.js';
import { KafkaLogSubscription } from './kafka-log-subscription.js';
import { KafkaProducer } from './kafka-producer.js';
import { KafkaRevocationLog, type KafkaRevocationLogOptions } from './kafka-revocation-log.js';
import { KafkaUndeliveredEvents } from './kafka-undelivered-events.js';
import { LogAuthenticator, type SigningKeys } from './log-authenticator.js';
import { KafkaShardGroup } from './kafka-shard-group.js';
import { decodeMutation } from './mutation-codec.js';
import { RecordLookup } from './record-lookup.js';
import { ensureRevocationsTopic, REVOCATIONS_TOPIC } from './revocations-topic.js';
import { ensureTopics, TOPICS, UNDELIVERED_TOPIC, type TopicNames } from './topics.js';

export interface KafkaMessagingOptions {
  readonly configuration: KafkaConfiguration;
  readonly topology: Topology;
  /** Raised whenever topics were made anew. Defaults to 1. */
  readonly generation?: number;
  /** The replay window. */
  readonly windowMs: number;
  readonly clock: Clock;
  /** Signs the log. */
  readonly ring: SigningKeys;
  /** Called with each record of the log that is passed over because nobody who may write it did. Defaults to nothing. */
  readonly onRefused?: KafkaLogOptions['onRefused'];
  /** Bytes of dead letters that their topic keeps where it is made now; default `DEAD_LETTERS_MAX_BYTES`. */
  readonly deadLettersMaxBytes?: number;
  /** Called with each dead letter that is no longer shown though nobody discarded it. Defaults to nothing. */
  readonly onDeadLetterEvicted?: OnEvicted;
  /** Called once with each message of their topic that is ignored because nobody who may write it did. Defaults to nothing. */
  readonly onDeadLetterRefused?: NonNullable<KafkaDeadLettersOptions['onRefused']>;
  /** What was revoked, in a process that authenticates callers; each is kept for `retentionMs` at least. Defaults to none. */
  readonly revocations?: {
    readonly retentionMs: number;
    readonly onRefused: NonNullable<KafkaRevocationLogOptions['onRefused']>;
  };
  readonly log: ClientLog;
  /** This process can no longer know what holds, and must end. */
  readonly onFatal: (error: CofferError) => void;
  /** Whether mutations are published here, so that `unfinished` and `ready` are asked. Default true. */
  readonly publishes?: boolean;
  readonly topics?: TopicNames;
  /** The groups of workers and of coordinators. */
  readonly groups?: GroupNames;
}

export interface OpenKafkaMessaging {
  readonly messaging: Messaging;
  close(): Promise<void>;
}

export interface GroupNames {
  readonly workers: string;
  readonly coordinators: string;
  /** What the groups of webhooks begin with. Defaults to `coffer-webhook-`. */
  readonly webhooks?: string;
}

const WEBHOOK_GROUP = 'coffer-webhook-';

export const GROUPS: GroupNames = { workers: 'coffer-secret-worker', coordinators: 'coffer-cache-invalidator' };

const identityOf = (clusterId: string, topic: string, generation: number): string =>
  createHash('sha256')
    .update(JSON.stringify([clusterId, topic, generation]))
    .digest('hex')
    .slice(0, 16);

const openRevocations = async (
  { revocations, topics, configuration, ring, clock }: KafkaMessagingOptions,
  clients: Pick<KafkaRevocationLogOptions, 'kafka' | 'patient'>,
): Promise<KafkaRevocationLog | undefined> => {
  if (revocations === undefined) return undefined;
  const { retentionMs, onRefused } = revocations;
  const { replicationFactor } = configuration.topic;
  const topic = topics?.revocations ?? REVOCATIONS_TOPIC;
  await ensureRevocationsTopic(clients.kafka, topic, { retentionMs, replicationFactor });
  return new KafkaRevocationLog({ ...clients, topic, ring, clock, onRefused });
};

/** Queue, log and dead letters on Kafka. Makes or checks the topics; throws `configuration` when they do not fit. */
export const openKafkaMessaging = async (options: KafkaMessagingOptions): Promise<OpenKafkaMessaging> => {
  const { configuration, topology, windowMs, clock, onFatal, topics = TOPICS, groups = GROUPS } = options;
  const answers: BrokerAnswers = new Map();
  const kafka = connectKafka(configuration, options.log, BOUNDED, answers);
  const patient = connectKafka(configuration, options.log, PATIENT, answers);
  const { replicationFactor } = configuration.topic;
  const { deadLettersMaxBytes = DEAD_LETTERS_MAX_BYTES } = options;
  const clusterId = await ensureTopics(kafka, topics, {
    topology,
    windowMs,
    deadLettersMaxBytes,
    ...(replicationFactor === undefined ? {} : { replicationFactor }),
  });
  const shared = new LogClock(clock);
  const time = new PartitionClocks(clock, shared);
  const producer = new KafkaProducer({
    ...{ kafka, clock, time },
    topic: topics.mutations,
    group: groups.workers,
    partitions: topology.partitions,
    counts: options.publishes ?? true,
  });
  const log = new KafkaLog({
    kafka,
    patient,
    topic: topics.coherence,
    identity: identityOf(clusterId, topics.coherence, options.generation ?? 1),
    shards: topology.shards,
    windowMs,
    clock,
    time: shared,
    ring: options.ring,
    ...(options.onRefused === undefined ? {} : { onRefused: options.onRefused }),
    onFatal,
  });
  const deadLetters = new KafkaDeadLetters({
    ...{ kafka, clock, topic: topics.deadLetters, ring: options.ring },
    ...(options.onDeadLetterEvicted === undefined ? {} : { onEvicted: options.onDeadLetterEvicted }),
    ...(options.onDeadLetterRefused === undefined ? {} : { onRefused: options.onDeadLetterRefused }),
  });
  const lookup = new RecordLookup({ kafka, topic: topics.mutations, end: (partition) => producer.end(partition) });
  const undelivered = new KafkaUndeliveredEvents({
    ...{ kafka, clock, topic: topics.undelivered ?? UNDELIVERED_TOPIC, ring: options.ring },
    ...(replicationFactor === undefined ? {} : { replicationFactor }),
  });
  const revocations = await openRevocations(options, { kafka, patient });
  const authenticator = new LogAuthenticator(options.ring, topics.coherence);
  const consumers: KafkaConsumer[] = [];
  const consumer = (): KafkaConsumer => {
    const made = new KafkaConsumer({
      ...{ kafka: patient, topic: topics.mutations, group: groups.workers, time, windowMs },
      offsetAt: (partition, timestamp) => producer.offsetAt(partition, timestamp),
    });
    consumers.push(made);
    return made;
  };
  await producer.start();
  return {
    messaging: {
      topology,
      producer,
      consumer,
      coordinators: () => new KafkaShardGroup({ kafka: patient, topic: topics.coherence, group: groups.coordinators }),
      endOffset: (partition) => producer.end(partition),
      isOffsetOf: async (partition, offset, path) => {
        const record = await lookup.recordAt(partition, offset);
        return record !== undefined && decodeMutation(record, '').path === path;
      },
      log,
      time,
      deadLetters,
      ...(revocations && { revocations }),
      subscriptions: {
        undelivered,
        subscription: (name) =>
          new KafkaLogSubscription({
            ...{ kafka: patient, topic: topics.coherence, shards: topology.shards, authenticator },
            group: `${groups.webhooks ?? WEBHOOK_GROUP}${name}`,
          }),
      },
      budgets: () => ({
        'dead-letters': deadLetters.memory,
        deliveries: consumers[0]?.memory ?? { bytes: 0, limitBytes: MAX_IN_FLIGHT_BYTES },
        seals: consumers[0]?.sealMemory ?? { bytes: 0, limitBytes: 0 },
      }),
    },
    close: async () => {
      await Promise.allSettled([
        producer.close(),
        lookup.close(),
        log.close(),
        deadLetters.close(),
        undelivered.close(),
        revocations?.close(),
      ]);
    },
  };
};
