export type { VaultConnection, VaultLogin } from './connection.js';
export { open, openVaultBackend, type VaultBackendOptions } from './open.js';
