export type { AwsKeys, AwsRole } from './credentials.js';
export { open, openAwsSecretsManagerBackend, type AwsSecretsManagerOptions } from './open.js';
