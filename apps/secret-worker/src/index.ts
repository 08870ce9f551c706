export * from './worker.module.js';
export type * from './worker-options.js';
export { WorkerRuntime } from './worker-runtime.js';
export type * from './worker-stores.js';
