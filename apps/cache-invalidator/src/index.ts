export * from './coordinator.module.js';
export type * from './coordinator-options.js';
