export * from './backend.js';
export * from './capabilities.js';
export * from './unrefused.js';
export * from './turns.js';
