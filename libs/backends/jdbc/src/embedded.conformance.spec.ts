import { describeConformance } from '@coffer/backend-conformance';
import { embeddedHarness } from './testing/index.js';

describeConformance(embeddedHarness());
