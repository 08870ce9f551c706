import { describeConformance } from '@coffer/backend-conformance';
import { mysqlHarness } from './testing/index.js';

describeConformance(mysqlHarness());
