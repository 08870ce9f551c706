import { describeConformance } from '@coffer/backend-conformance';
import { ninePermissionsSubject, regionOfSuite } from './testing/index.js';

describeConformance(ninePermissionsSubject(regionOfSuite('eu-west-3')));
