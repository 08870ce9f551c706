export * from './backend.js';
export * from './memory-store.js';
