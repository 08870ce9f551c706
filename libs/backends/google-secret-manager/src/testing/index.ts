export { FaultyService } from './faulty-service.js';
export { googleSecretManagerSubject, type GoogleSecretManagerSubject } from './harness.js';
