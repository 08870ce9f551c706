import { openAzureKeyVaultBackend } from '@coffer/backend-azure-key-vault';
import type { Backend } from '@coffer/backend-contract';
import type { AzureKeyVaultStore } from '@coffer/config';

/** Throws `configuration`. */
export const openAzureKeyVault = (store: AzureKeyVaultStore): Backend =>
  openAzureKeyVaultBackend({
    vaultName: store.vaultName,
    keyVaultUri: store.keyVaultUri,
    prefix: store.prefix,
    credentials: {
      clientSecret: store.clientSecret,
      managedIdentityClientId: store.managedIdentityClientId,
      managedIdentityResourceId: store.managedIdentityResourceId,
      workloadIdentityClientId: store.workloadIdentityClientId,
      additionallyAllowedTenants: store.additionallyAllowedTenants,
    },
  });
