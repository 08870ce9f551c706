export * from './check-history.js';
export * from './operation.js';
