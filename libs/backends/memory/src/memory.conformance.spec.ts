import { describeConformance } from '@coffer/backend-conformance';
import { memorySubject } from './testing/index.js';

describeConformance(memorySubject());
