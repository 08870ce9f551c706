export * from './memory-mailbox.js';
export * from './memory-shared-cache.js';
