export * from './contract/coherence-log.js';
export * from './contract/dead-letters.js';
export * from './contract/mutation-queue.js';
export * from './contract/topology.js';
