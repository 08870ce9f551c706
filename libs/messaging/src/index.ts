export * from './contract/coherence-log.js';
export * from './contract/dead-letters.js';
export * from './contract/finished-offsets.js';
export * from './contract/messaging.js';
export * from './contract/mutation-queue.js';
export * from './contract/topology.js';
export {
  openKafkaMessaging,
  WORKER_GROUP,
  type KafkaMessagingOptions,
  type OpenKafkaMessaging,
} from './kafka/kafka-messaging.js';
export * from './memory/memory-messaging.js';
export * from './sealed/payload.js';
export * from './sealed/sealer.js';
