import { describeConformance } from '@coffer/backend-conformance';
import { ninePermissionsHarness, regionOfSuite } from './testing/index.js';

describeConformance(ninePermissionsHarness(regionOfSuite('eu-west-3')));
