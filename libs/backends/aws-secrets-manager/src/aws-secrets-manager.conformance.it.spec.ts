import { describeConformance } from '@coffer/backend-conformance';
import { awsSecretsManagerSubject } from './testing/index.js';

describeConformance(awsSecretsManagerSubject());
