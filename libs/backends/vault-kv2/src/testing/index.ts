export { vaultSubject, type VaultSubject } from './harness.js';
