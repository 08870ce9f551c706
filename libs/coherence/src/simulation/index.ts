export * from './scenarios.js';
export * from './simulate.js';
export * from './seeded-random.js';
