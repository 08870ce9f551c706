export * from './dead-letter-service.js';
export * from './mutation-writer.js';
export * from './operations.js';
export * from './validate-by-store.js';
export * from './write-admission.js';
export type * from './write-service.js';
