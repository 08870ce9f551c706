export * from './catalogue/index.js';
export * from './read-service.js';
export * from './store-managers.js';
export * from './store-read-service.js';
