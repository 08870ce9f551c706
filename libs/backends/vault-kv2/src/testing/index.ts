export { vaultSubject, type VaultSubject } from './vault-subject.js';
