import { describeConformance } from '@coffer/backend-conformance';
import { googleSecretManagerSubject } from '@coffer/backend-google-secret-manager/testing';
import { behindFacade } from './facade.fixture.js';

describeConformance(behindFacade(googleSecretManagerSubject()));
