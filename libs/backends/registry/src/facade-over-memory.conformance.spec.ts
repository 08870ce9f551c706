import { describeConformance } from '@coffer/backend-conformance';
import { memorySubject } from '@coffer/backend-memory/testing';
import { behindFacade } from './facade.fixture.js';

describeConformance(behindFacade(memorySubject()));
