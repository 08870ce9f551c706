export * from './cache/index.js';
export * from './compose-gateway.js';
export * from './gateway.module.js';
export * from './http/index.js';
export * from './reads/index.js';
