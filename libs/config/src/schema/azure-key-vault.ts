import { z } from 'zod';
import { httpUrl, listOf, parsed, secretText, text } from './scalars.js';
import { storeFields, type StoreOf } from './store-fields.js';

/** https://learn.microsoft.com/en-us/azure/key-vault/general/about-keys-secrets-certificates: 3 to 24 characters. */
const vaultName = parsed('must be the name of a vault: 3 to 24 letters, digits and hyphens', (value) =>
  /^[A-Za-z][A-Za-z0-9-]{2,23}$/.test(value.trim()) ? value.trim() : undefined,
);

/** `kestra.secret.azureKeyVault`. Without credentials the default Azure chain finds some. */
export const azureKeyVaultSection = z.strictObject({
  ...storeFields,
  clientSecret: z.strictObject({ tenantId: text, clientId: text, clientSecret: secretText }).optional(),
  managedIdentityClientId: text.optional(),
  managedIdentityResourceId: text.optional(),
  workloadIdentityClientId: text.optional(),
  additionallyAllowedTenants: listOf(text).default([]),
  vaultName: vaultName.optional(),
  /** Wins over `vaultName`. */
  keyVaultUri: httpUrl.optional(),
  prefix: text.default('kestra'),
});

/** With neither `vaultName` nor `keyVaultUri` there is a notice, and the store cannot be opened. */
export type AzureKeyVaultStore = StoreOf<'azure-key-vault', typeof azureKeyVaultSection>;
