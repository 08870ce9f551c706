/** @servers vault */
import { startEmbedded } from '../../vault-clients/coffer-target.js';
import type { VaultTarget } from '../../vault-clients/target.js';
import { startVault } from '../../vault-clients/vault-target.js';
import { agentTests } from './agent-tests.js';

jest.setTimeout(360_000);

describe.each([
  ['Vault itself', () => startVault()],
  ['Coffer, embedded', () => startEmbedded()],
])('Vault Agent against %s', (_name, start) => {
  let target: VaultTarget | undefined;
  beforeAll(async () => {
    target = await start();
  });
  afterAll(() => target?.close());

  agentTests(() => {
    if (target === undefined) throw new Error('the server did not start');
    return target;
  });
});
