export * from './worker.module.js';
export type * from './worker-options.js';
export type * from './worker-stores.js';
