import { describeConformance } from '@coffer/backend-conformance';
import { mysqlSubject } from '@coffer/backend-jdbc/testing';
import { behindFacade } from './facade.fixture.js';

describeConformance(behindFacade(mysqlSubject()));
