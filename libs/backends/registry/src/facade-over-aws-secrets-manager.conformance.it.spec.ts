import { describeConformance } from '@coffer/backend-conformance';
import { awsSecretsManagerSubject } from '@coffer/backend-aws-secrets-manager/testing';
import { behindFacade } from './facade.fixture.js';

describeConformance(behindFacade(awsSecretsManagerSubject()));
