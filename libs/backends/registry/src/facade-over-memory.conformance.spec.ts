import { describeConformance } from '@coffer/backend-conformance';
import { memoryHarness } from '@coffer/backend-memory/testing';
import { behindFacade } from './facade.fixture.js';

describeConformance(behindFacade(memoryHarness()));
