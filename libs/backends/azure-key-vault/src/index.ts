export type { AzureCredentials } from './credentials.js';
export { open, openAzureKeyVaultBackend, type AzureKeyVaultOptions } from './open.js';
export { isAzureHost, vaultAddress, type VaultNames } from './vault-address.js';
