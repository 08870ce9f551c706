export * from './memory-backend.js';
export * from './memory-store.js';
