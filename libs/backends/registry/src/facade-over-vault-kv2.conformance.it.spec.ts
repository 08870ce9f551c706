import { describeConformance } from '@coffer/backend-conformance';
import { vaultSubject } from '@coffer/backend-vault-kv2/testing';
import { behindFacade } from './facade.fixture.js';

describeConformance(behindFacade(vaultSubject()));
