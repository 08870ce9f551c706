export * from './messaging-strategy.js';
export * from './patterns.js';
