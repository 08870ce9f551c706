export * from './cache/index.js';
export * from './compose-gateway.js';
export * from './gateway.module.js';
export * from './http/index.js';
export * from './reads/index.js';
export * from './writes/dead-letter-service.js';
export * from './writes/mutation-writer.js';
export * from './writes/operations.js';
export type * from './writes/write-service.js';
