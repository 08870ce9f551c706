import { describeConformance } from '@coffer/backend-conformance';
import { mysqlSubject } from './testing/index.js';

describeConformance(mysqlSubject());
