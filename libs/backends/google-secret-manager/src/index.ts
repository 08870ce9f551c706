export {
  openGoogleSecretManagerBackend,
  type Endpoint,
  type GoogleSecretManagerOptions,
} from './open-google-secret-manager-backend.js';
