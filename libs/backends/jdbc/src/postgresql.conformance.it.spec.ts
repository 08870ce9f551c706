import { describeConformance } from '@coffer/backend-conformance';
import { postgresqlHarness } from './testing/index.js';

describeConformance(postgresqlHarness());
