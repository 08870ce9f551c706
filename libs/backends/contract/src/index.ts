export * from './backend.js';
export * from './capabilities.js';
export * from './foreign-data.js';
export * from './identity-hash.js';
export * from './race-abort.js';
export * from './unrefused.js';
export * from './keyed-mutex.js';
