import { describeConformance } from '@coffer/backend-conformance';
import { awsSecretsManagerSubject, regionOfSuite } from './testing/index.js';

describeConformance(awsSecretsManagerSubject(regionOfSuite('eu-west-2')));
