import { describeConformance } from '@coffer/backend-conformance';
import { ninePermissionsSubject } from './testing/index.js';

describeConformance(ninePermissionsSubject());
