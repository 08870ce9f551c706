import { describeConformance } from '@coffer/backend-conformance';
import { googleSecretManagerHarness } from '@coffer/backend-google-secret-manager/testing';
import { behindFacade } from './facade.fixture.js';

describeConformance(
  behindFacade({
    ...googleSecretManagerHarness(),
    fewerSecrets: { count: 60, reason: 'the suite of the adapter alone goes through its pages' },
  }),
);
