export * from './cache-invalidator.module.js';
export type * from './cache-invalidator-options.js';
