export { azureKeyVaultHarness, type AzureKeyVaultHarness } from './harness.js';
