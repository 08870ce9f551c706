import { describeConformance } from '@coffer/backend-conformance';
import { vaultSubject } from './testing/index.js';

describeConformance(vaultSubject());
