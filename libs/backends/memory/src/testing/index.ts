export { memorySubject } from './harness.js';
