import { describeConformance } from '@coffer/backend-conformance';
import { elasticsearchSubject } from '@coffer/backend-elasticsearch/testing';
import { behindFacade } from './facade.fixture.js';

describeConformance(behindFacade(elasticsearchSubject()));
