/** @servers vault */
import { startEmbedded } from '../../vault-clients/coffer-target.js';
import type { VaultTarget } from '../../vault-clients/target.js';
import { startVault } from '../../vault-clients/vault-target.js';
import { cliTests } from './cli-tests.js';
import { cofferTests } from './coffer-tests.js';
import { differenceTests } from './difference-tests.js';
import { hvacTests } from './hvac-tests.js';
import { nodeVaultTests } from './node-vault-tests.js';

jest.setTimeout(360_000);

/** HashiCorp's own server is the reference: what the suites expect is what it does. */
describe.each([
  ['Vault itself', () => startVault(), () => undefined],
  ['Coffer, embedded', () => startEmbedded(), cofferTests],
])('clients of Vault against %s', (_name, start, furtherTests) => {
  let target: VaultTarget | undefined;
  const targetOf = (): VaultTarget => {
    if (target === undefined) throw new Error('the server did not start');
    return target;
  };
  beforeAll(async () => {
    target = await start();
  });
  afterAll(() => target?.close());

  cliTests(targetOf);
  differenceTests(targetOf);
  hvacTests(targetOf);
  nodeVaultTests(targetOf);
  furtherTests(targetOf);
});
