export * from './cache/index.js';
export * from './catalogue/index.js';
export * from './event-loop/pace.js';
export * from './event-loop/paced-sort.js';
export * from './read-service.js';
export * from './store-managers.js';
export * from './store-read-service.js';
export * from './subkey.js';
