import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfiguration, type AzureKeyVaultStore } from '@coffer/config';
import type { CofferError } from '@coffer/secrets';
import { open } from './open.js';

const EXAMPLE = readFileSync(join(__dirname, '../../../../docs/examples/azure-key-vault.yml'), 'utf8');
const CREDENTIALS = { AZURE_TENANT_ID: 'tenant', AZURE_CLIENT_ID: 'client', AZURE_CLIENT_SECRET: 'c4nary' };

const storeOf = (text: string): AzureKeyVaultStore => {
  const options = { argv: ['--config', 'coffer.yml'], env: CREDENTIALS, cwd: '/etc/coffer', readFile: () => text };
  const { secret } = loadConfiguration(options);
  if (secret?.type !== 'azure-key-vault') throw new Error('the configuration names another type');
  return secret;
};

describe('docs/examples/azure-key-vault.yml', () => {
  it('is a configuration that opens', async () => {
    const store = storeOf(EXAMPLE);
    expect(store).toMatchObject({
      vaultName: 'my-vault',
      prefix: 'kestra',
      tags: { application: 'kestra-production' },
    });
    expect(store.clientSecret?.clientSecret.reveal()).toBe('c4nary');
    const backend = open(store);
    expect(backend.capabilities).toMatchObject({
      conditionalWrites: 'checked',
      tombstones: true,
      externalSecrets: true,
    });
    await backend.close();
  });

  it('does not open without a vault', () => {
    const nameless = storeOf(EXAMPLE.replace(/^.*vaultName: .*$/m, ''));
    expect(() => open(nameless)).toThrow(expect.objectContaining({ code: 'configuration' }) as CofferError);
  });
});
