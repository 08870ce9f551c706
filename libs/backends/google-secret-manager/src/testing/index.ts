export { FaultyService } from './faulty-service.js';
export { googleSecretManagerSubject, type GoogleSecretManagerSubject } from './google-secret-manager-subject.js';
