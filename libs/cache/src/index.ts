export * from './entry.js';
export * from './heartbeat-mailbox.js';
export * from './local-cache.js';
export * from './shared-cache.js';
export * from './shared-cache-metrics.js';
