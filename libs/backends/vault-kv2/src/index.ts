export type { VaultConnection, VaultLogin } from './connection.js';
export { openVaultBackend, type VaultBackendOptions } from './open.js';
