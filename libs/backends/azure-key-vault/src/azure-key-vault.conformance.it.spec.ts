import { describeConformance } from '@coffer/backend-conformance';
import { azureKeyVaultSubject } from './testing/index.js';

describeConformance(azureKeyVaultSubject());
