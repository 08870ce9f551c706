export { vaultHarness, type VaultHarness } from './harness.js';
