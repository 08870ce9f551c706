export type { AwsKeys, AwsRole } from './credentials.js';
export { openAwsSecretsManagerBackend, type AwsSecretsManagerOptions } from './open.js';
