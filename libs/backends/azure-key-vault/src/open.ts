import type { Backend } from '@coffer/backend-contract';
import type { AzureKeyVaultStore } from '@coffer/config';
import { CofferError } from '@coffer/secrets';
import { AzureKeyVaultBackend } from './backend.js';
import { TAG_LENGTH } from './capabilities.js';
import { credentialOf, type AzureCredentials } from './credentials.js';
import { vaultAddress, type VaultNames } from './vault-address.js';
import { VaultClient, type TokenCredential } from './client.js';

export interface AzureKeyVaultOptions extends VaultNames {
  readonly credentials: AzureCredentials | { readonly token: TokenCredential };
  /** Separates instances that share the vault: 1 to 256 UTF-16 units, default `kestra`. */
  readonly prefix?: string;
  /** Age of the last listing at which a miss lists the vault anew, for secrets made outside; default 60,000. */
  readonly listingMaxAgeMs?: number;
  /** How long one page of such a listing may take; default 4,000, below the facade's call timeout. */
  readonly listingPageTimeoutMs?: number;
}

const PREFIX = 'kestra';
const LISTING_MAX_AGE_MS = 60_000;
const LISTING_PAGE_TIMEOUT_MS = 4_000;

/** Asks nobody anything yet. Throws `configuration` for settings that cannot be right. */
export const openAzureKeyVaultBackend = (options: AzureKeyVaultOptions): Backend => {
  const { credentials, prefix = PREFIX } = options;
  const { listingMaxAgeMs = LISTING_MAX_AGE_MS, listingPageTimeoutMs = LISTING_PAGE_TIMEOUT_MS } = options;
  const address = vaultAddress(options);
  if (prefix === '' || prefix.length > TAG_LENGTH || !prefix.isWellFormed()) {
    const rule = `the prefix is a tag's value: it must have 1 to ${TAG_LENGTH} UTF-16 units`;
    throw new CofferError('configuration', `Azure Key Vault: ${rule}`);
  }
  const token = 'token' in credentials ? credentials.token : credentialOf(credentials);
  const listings = { maxAgeMs: listingMaxAgeMs, pageTimeoutMs: listingPageTimeoutMs };
  return new AzureKeyVaultBackend(new VaultClient(address, token), prefix, listings);
};

/** What the configuration says, as the adapter takes it. */
const optionsOf = (store: AzureKeyVaultStore): AzureKeyVaultOptions => ({
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

/** Opens the store that the configuration describes. As `openAzureKeyVaultBackend`. */
export const open = (settings: AzureKeyVaultStore): Backend => openAzureKeyVaultBackend(optionsOf(settings));
