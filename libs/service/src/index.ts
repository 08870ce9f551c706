export * from './distributed.js';
export * from './health-server.js';
export * from './listening.js';
export * from './service-arguments.js';
export * from './service-process.js';
export * from './store-health.js';
export * from './version.js';
export * from './watch-access.js';
