export {
  openGoogleSecretManagerBackend,
  type Endpoint,
  type GoogleSecretManagerOptions,
} from './open.js';
