export * from './cache-rules.js';
export * from './found.js';
export * from './gateway-cache.js';
