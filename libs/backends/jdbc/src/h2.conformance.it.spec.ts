import { describeConformance } from '@coffer/backend-conformance';
import { h2Harness } from './testing/index.js';

describeConformance(h2Harness());
