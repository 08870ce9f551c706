import { describeConformance } from '@coffer/backend-conformance';
import { embeddedSubject } from './testing/index.js';

describeConformance(embeddedSubject());
