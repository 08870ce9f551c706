import { describeConformance } from '@coffer/backend-conformance';
import { vaultHarness } from './testing/index.js';

describeConformance(vaultHarness());
