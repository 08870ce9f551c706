export type { AzureCredentials } from './credentials.js';
export { openAzureKeyVaultBackend, type AzureKeyVaultOptions } from './open.js';
export { isAzureHost, vaultAddress, type VaultNames } from './vault-address.js';
