import { describeConformance } from '@coffer/backend-conformance';
import { h2Subject } from './testing/index.js';

describeConformance(h2Subject());
