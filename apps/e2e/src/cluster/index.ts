export * from './database.js';
export * from './fault-log.js';
export * from './test-cluster.js';
export type { Role, Started } from './tools.js';
