export * from './database.js';
export * from './fault-log.js';
export * from './test-cluster.js';
export {
  startBroker,
  startBrokers,
  startRedis,
  type BrokerEntries,
  type OwnBrokers,
  type OwnServer,
  type Role,
  type Started,
} from './tools.js';
export * from '../history/key-history.js';
export * from '../workload/traffic.js';
export * from './raw-topics.js';
export * from './writes-go-through.js';
