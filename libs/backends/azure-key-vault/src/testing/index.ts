export { azureKeyVaultSubject, type AzureKeyVaultSubject } from './azure-key-vault-subject.js';
