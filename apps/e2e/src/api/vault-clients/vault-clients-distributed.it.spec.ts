/** @servers kafka redis postgresql vault */
import { startDistributed } from '../../vault-clients/coffer-target.js';
import type { VaultTarget } from '../../vault-clients/target.js';
import { cliTests } from './cli-tests.js';
import { nodeVaultTests } from './node-vault-tests.js';

jest.setTimeout(600_000);

describe('clients of Vault against Coffer, distributed', () => {
  let target: VaultTarget | undefined;
  const targetOf = (): VaultTarget => {
    if (target === undefined) throw new Error('the cluster did not start');
    return target;
  };
  beforeAll(async () => {
    target = await startDistributed();
  });
  afterAll(() => target?.close());

  cliTests(targetOf);
  nodeVaultTests(targetOf);
});
