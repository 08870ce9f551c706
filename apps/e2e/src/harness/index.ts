export * from './api.js';
export * from './coffer.js';
export * from './coffer-command.js';
export { freePort } from '@coffer/test-servers/processes';
export * from './node-process.js';
export * from './scratch-folder.js';
export * from './store.js';
export * from './until.js';
