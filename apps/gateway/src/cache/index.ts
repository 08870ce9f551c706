export * from './cache-rules.js';
export * from './canary.js';
export * from './found.js';
export * from './gateway-cache.js';
