export { azureKeyVaultSubject, type AzureKeyVaultSubject } from './harness.js';
