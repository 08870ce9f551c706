import { z } from 'zod';
import { httpAddress } from '../address/http-address.js';
import { listOf, parsedWord, secretWord, text, word } from './scalars.js';
import { storeFields, type StoreOf } from './store-fields.js';

/** https://learn.microsoft.com/en-us/azure/key-vault/general/about-keys-secrets-certificates: 3 to 24 characters. */
const vaultName = parsedWord('must be the name of a vault: 3 to 24 letters, digits and hyphens', (value) =>
  /^[A-Za-z][A-Za-z0-9-]{2,23}$/.test(value) ? value : undefined,
);

const vaultUri = httpAddress({
  schemes: ['https'],
  example: 'https://my-vault.vault.azure.net',
  path: false,
  withoutIPv6: true,
  ownPath: { name: '/secrets, /keys or /certificates', pattern: /^\/(secrets|keys|certificates)(\/|$)/ },
});

const section = z.strictObject({
  ...storeFields,
  clientSecret: z
    .strictObject({
      tenantId: word.meta({ description: 'The directory (tenant) of the application.', auth: 'client secret' }),
      clientId: word.meta({ description: 'The id of the application.', auth: 'client secret' }),
      clientSecret: secretWord.meta({ description: 'The secret of the application.', auth: 'client secret' }),
    })
    .optional(),
  managedIdentityClientId: word.optional().meta({
    description: 'The client id of a user-assigned managed identity; not beside its resource id or `clientSecret`.',
    auth: 'managed identity',
  }),
  managedIdentityResourceId: word.optional().meta({
    description: 'The resource id of a user-assigned managed identity; not beside its client id or `clientSecret`.',
    auth: 'managed identity',
  }),
  workloadIdentityClientId: word.optional().meta({
    description: 'The client id of a workload identity; not beside `clientSecret`.',
    auth: 'workload identity',
  }),
  additionallyAllowedTenants: listOf(word).default([]).meta({
    description: 'Tenants beside its own for which the default chain may get tokens; `*` for all.',
    auth: 'default chain',
  }),
  vaultName: vaultName
    .optional()
    .describe('The vault; its address is https://NAME.vault.azure.net. This or `keyVaultUri` is needed.'),
  /** Wins over `vaultName`. */
  keyVaultUri: vaultUri.optional().describe('The address of the vault; wins over `vaultName`.'),
  prefix: text.default('kestra').describe('Separates instances that share one vault.'),
});

const IDENTITIES = ['managedIdentityClientId', 'managedIdentityResourceId', 'workloadIdentityClientId'] as const;

/** `kestra.secret.azureKeyVault`. Without credentials the default Azure chain finds some. */
export const azureKeyVaultSection = section.superRefine((settings, context) => {
  const refuse = (name: string, message: string): void => context.addIssue({ code: 'custom', path: [name], message });
  for (const name of settings.clientSecret === undefined ? [] : IDENTITIES) {
    if (settings[name] !== undefined) refuse(name, 'names another identity than clientSecret: keep one of them');
  }
  if (settings.managedIdentityClientId !== undefined && settings.managedIdentityResourceId !== undefined) {
    refuse('managedIdentityResourceId', 'names the same thing as managedIdentityClientId: keep one of them');
  }
});

/** A store with neither `vaultName` nor `keyVaultUri` is warned of, and cannot be opened. */
export type AzureKeyVaultStore = StoreOf<'azure-key-vault', typeof azureKeyVaultSection>;
