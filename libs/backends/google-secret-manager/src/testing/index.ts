export { googleSecretManagerSubject, type GoogleSecretManagerSubject } from './google-secret-manager-subject.js';
