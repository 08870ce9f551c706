import { describeConformance } from '@coffer/backend-conformance';
import { elasticsearchHarness } from './testing/index.js';

describeConformance(elasticsearchHarness());
