export { playScenarios, PARTS, without } from '@coffer/coherence/simulation';
export * from './simulate.js';
