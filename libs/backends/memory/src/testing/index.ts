export { memoryHarness } from './harness.js';
