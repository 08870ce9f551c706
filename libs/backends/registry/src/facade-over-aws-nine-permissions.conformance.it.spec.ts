import { describeConformance } from '@coffer/backend-conformance';
import { ninePermissionsSubject, regionOfSuite } from '@coffer/backend-aws-secrets-manager/testing';
import { behindFacade } from './facade.fixture.js';

describeConformance(behindFacade(ninePermissionsSubject(regionOfSuite('eu-north-1'))));
