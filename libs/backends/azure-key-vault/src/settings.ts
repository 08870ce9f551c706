import type { AzureKeyVaultStore } from '@coffer/config';
import type { AzureKeyVaultOptions } from './open.js';

/** What the configuration says, as the adapter takes it. */
export const optionsOf = (store: AzureKeyVaultStore): AzureKeyVaultOptions => ({
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
