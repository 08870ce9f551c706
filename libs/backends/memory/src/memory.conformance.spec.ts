import { describeConformance } from '@coffer/backend-conformance';
import { memoryHarness } from './testing/index.js';

describeConformance(memoryHarness());
