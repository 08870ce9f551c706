export { FaultyService } from './faulty-service.js';
export { googleSecretManagerHarness, type GoogleSecretManagerHarness } from './harness.js';
