export * from './backend.js';
export * from './capabilities.js';
