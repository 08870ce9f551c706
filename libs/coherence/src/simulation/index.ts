export * from './scenarios.js';
export * from './seeded-random.js';
export * from './shared-store.js';
export * from './timing.js';
