import { describeConformance } from '@coffer/backend-conformance';
import { awsSecretsManagerSubject, regionOfSuite } from '@coffer/backend-aws-secrets-manager/testing';
import { behindFacade } from './facade.fixture.js';

describeConformance(behindFacade(awsSecretsManagerSubject(regionOfSuite('eu-central-1'))));
