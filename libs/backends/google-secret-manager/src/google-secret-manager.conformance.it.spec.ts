import { describeConformance } from '@coffer/backend-conformance';
import { googleSecretManagerSubject } from './testing/index.js';

describeConformance(googleSecretManagerSubject());
