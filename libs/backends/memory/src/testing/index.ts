export { memorySubject } from './memory-subject.js';
