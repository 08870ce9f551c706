import { SecretValue, type CofferError } from '@coffer/secrets';
import { openAzureKeyVaultBackend } from './open.js';
import { isAzureHost, vaultAddress } from './vault-address.js';

const refused = (open: () => unknown): string => {
  try {
    open();
  } catch (error) {
    expect((error as CofferError).code).toBe('configuration');
    return (error as CofferError).message;
  }
  throw new Error('it was not refused');
};

describe('the vault’s address', () => {
  it('comes from the name, unless a URI is given', () => {
    expect(vaultAddress({ vaultName: 'my-vault' }).href).toBe('https://my-vault.vault.azure.net/');
    const both = { vaultName: 'my-vault', keyVaultUri: 'https://other.vault.azure.cn' };
    expect(vaultAddress(both).href).toBe('https://other.vault.azure.cn/');
  });

  it('is missing without both', () => {
    expect(refused(() => vaultAddress({}))).toMatch(/set vaultName or keyVaultUri/);
  });

  it.each(['http://my-vault.vault.azure.net', 'https://my-vault.vault.azure.net/secrets', 'my-vault', 'https://a/?b'])(
    'is no vault’s: %s',
    (keyVaultUri) => {
      expect(refused(() => vaultAddress({ keyVaultUri }))).toMatch(/must be the address of a vault/);
    },
  );

  it('is Microsoft’s or is not', () => {
    const azure = ['https://a.vault.azure.net', 'https://a.vault.azure.cn', 'https://a.vault.usgovcloudapi.net'];
    const other = ['https://127.0.0.1:8443', 'https://vault.azure.net.example.org', 'https://avault.azure.net'];
    expect(azure.map((url) => isAzureHost(new URL(url)))).toEqual([true, true, true]);
    expect(other.map((url) => isAzureHost(new URL(url)))).toEqual([false, false, false]);
  });
});

describe('opening', () => {
  const vaultName = 'my-vault';

  it('asks nobody anything', async () => {
    const clientSecret = { tenantId: 'tenant', clientId: 'client', clientSecret: new SecretValue('c4nary') };
    await openAzureKeyVaultBackend({ vaultName, credentials: { clientSecret } }).close();
    await openAzureKeyVaultBackend({ vaultName, credentials: {} }).close();
  });

  it('refuses a prefix that no tag can hold', () => {
    for (const prefix of ['', 'x'.repeat(257), '\ud800']) {
      expect(refused(() => openAzureKeyVaultBackend({ vaultName, credentials: {}, prefix }))).toMatch(/prefix/);
    }
  });

  it('refuses two names of one managed identity, and credentials that are none', () => {
    const twice = { managedIdentityClientId: 'a', managedIdentityResourceId: 'b' };
    expect(refused(() => openAzureKeyVaultBackend({ vaultName, credentials: twice }))).toMatch(/set one of them/);
    const clientSecret = { tenantId: '', clientId: 'client', clientSecret: new SecretValue('c4nary') };
    const message = refused(() => openAzureKeyVaultBackend({ vaultName, credentials: { clientSecret } }));
    expect(message).toMatch(/credentials cannot be used/);
    expect(message).not.toContain('c4nary');
  });
});
