export { open, openGoogleSecretManagerBackend, type Endpoint, type GoogleSecretManagerOptions } from './open.js';
