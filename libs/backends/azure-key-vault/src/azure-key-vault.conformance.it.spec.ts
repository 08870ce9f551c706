import { describeConformance } from '@coffer/backend-conformance';
import { azureKeyVaultHarness } from './testing/index.js';

describeConformance(azureKeyVaultHarness());
