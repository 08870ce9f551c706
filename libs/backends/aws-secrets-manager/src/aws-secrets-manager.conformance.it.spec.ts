import { describeConformance } from '@coffer/backend-conformance';
import { awsSecretsManagerHarness, regionOfSuite } from './testing/index.js';

describeConformance(awsSecretsManagerHarness(regionOfSuite('eu-west-2')));
