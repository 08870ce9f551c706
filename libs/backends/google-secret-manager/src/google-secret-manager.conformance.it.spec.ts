import { describeConformance } from '@coffer/backend-conformance';
import { googleSecretManagerHarness } from './testing/index.js';

describeConformance(googleSecretManagerHarness());
