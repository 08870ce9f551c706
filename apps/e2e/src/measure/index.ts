export * from './command.js';
export * from './outcome.js';
