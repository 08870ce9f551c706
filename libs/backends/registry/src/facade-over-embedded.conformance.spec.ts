import { describeConformance } from '@coffer/backend-conformance';
import { embeddedSubject } from '@coffer/backend-jdbc/testing';
import { behindFacade } from './facade.fixture.js';

describeConformance(behindFacade(embeddedSubject()));
