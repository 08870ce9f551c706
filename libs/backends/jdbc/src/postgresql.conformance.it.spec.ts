import { describeConformance } from '@coffer/backend-conformance';
import { postgresqlSubject } from './testing/index.js';

describeConformance(postgresqlSubject());
