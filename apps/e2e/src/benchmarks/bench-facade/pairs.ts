import { openAws } from './bare/aws.js';
import { openAzure } from './bare/azure.js';
import { openElasticsearch } from './bare/elasticsearch.js';
import { openGoogle } from './bare/google.js';
import { openPostgresql } from './bare/postgresql.js';
import { openVault } from './bare/vault.js';
import type { PairRow } from './read-pair.js';

export const PAIRS: readonly PairRow[] = [
  { store: 'aws-secrets-manager', open: openAws },
  { store: 'azure-key-vault', open: openAzure },
  { store: 'google-secret-manager', open: openGoogle },
  { store: 'vault-kv2', open: openVault },
  { store: 'elasticsearch', open: openElasticsearch },
  { store: 'jdbc-postgresql', open: openPostgresql },
];
