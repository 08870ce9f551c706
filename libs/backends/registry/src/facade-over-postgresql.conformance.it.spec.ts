import { describeConformance } from '@coffer/backend-conformance';
import { postgresqlSubject } from '@coffer/backend-jdbc/testing';
import { behindFacade } from './facade.fixture.js';

describeConformance(behindFacade(postgresqlSubject()));
