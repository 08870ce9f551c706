import type { AwsSecretManagerStore } from './aws-secret-manager.js';
import type { AzureKeyVaultStore } from './azure-key-vault.js';
import type { ElasticsearchStore } from './elasticsearch.js';
import type { GoogleSecretManagerStore } from './google-secret-manager.js';
import type { JdbcStore } from './jdbc.js';
import type { VaultStore } from './vault.js';

export const STORE_TYPES = [
  'aws-secret-manager',
  'azure-key-vault',
  'elasticsearch',
  'google-secret-manager',
  'vault',
  'jdbc',
] as const;

export type StoreType = (typeof STORE_TYPES)[number];

/** Everything that one store needs, discriminated by `type`. */
export type StoreConfiguration =
  AwsSecretManagerStore | AzureKeyVaultStore | ElasticsearchStore | GoogleSecretManagerStore | JdbcStore | VaultStore;
