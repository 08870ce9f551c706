import { describeConformance } from '@coffer/backend-conformance';
import { elasticsearchSubject } from './testing/index.js';

describeConformance(elasticsearchSubject());
