import { describeConformance } from '@coffer/backend-conformance';
import { googleSecretManagerHarness } from '@coffer/backend-google-secret-manager/testing';
import { behindFacade } from './facade.fixture.js';

describeConformance(behindFacade(googleSecretManagerHarness()));
