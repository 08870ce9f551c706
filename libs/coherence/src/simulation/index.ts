export * from './scenarios.js';
export * from './simulate.js';
