import { azureKeyVaultSubject } from '@coffer/backend-azure-key-vault/testing';
import { describeConformance } from '@coffer/backend-conformance';
import { behindFacade } from './facade.fixture.js';

describeConformance(behindFacade(azureKeyVaultSubject()));
