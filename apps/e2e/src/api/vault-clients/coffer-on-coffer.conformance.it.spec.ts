/** @servers none */
import { describeConformance } from '@coffer/backend-conformance';
import { startEmbedded } from '../../vault-clients/coffer-target.js';
import { cofferOnCofferHarness } from './coffer-on-coffer-harness.js';

jest.setTimeout(360_000);

describeConformance(cofferOnCofferHarness(() => startEmbedded()));
