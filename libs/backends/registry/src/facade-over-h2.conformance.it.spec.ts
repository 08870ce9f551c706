import { describeConformance } from '@coffer/backend-conformance';
import { h2Subject } from '@coffer/backend-jdbc/testing';
import { behindFacade } from './facade.fixture.js';

describeConformance(behindFacade(h2Subject()));
