import { FAULT_KINDS } from '@coffer/backend-conformance/faults';
import type { StoreRow } from '../faulted-store.js';
import { openAws, openAwsOfNinePermissions } from './aws.js';
import { openAzure } from './azure.js';
import { openElasticsearch } from './elasticsearch.js';
import { openGoogle } from './google.js';
import { OF_A_CONNECTION, openH2, openMysql, openPostgresql } from './jdbc.js';
import { openVault } from './vault.js';

const every = { kinds: FAULT_KINDS, conditional: true };
const database = { kinds: OF_A_CONNECTION, conditional: true };

/** Every store that something can lie in front of: the embedded database is a file. */
export const STORES: readonly StoreRow[] = [
  { ...every, store: 'aws-secrets-manager', open: openAws },
  { ...every, store: 'aws-secrets-manager-nine-permissions', conditional: false, open: openAwsOfNinePermissions },
  { ...every, store: 'azure-key-vault', conditional: false, open: openAzure },
  { ...every, store: 'google-secret-manager', open: openGoogle },
  { ...every, store: 'vault-kv2', open: openVault },
  { ...every, store: 'elasticsearch', open: openElasticsearch },
  { ...database, store: 'jdbc-postgresql', open: openPostgresql },
  { ...database, store: 'jdbc-mysql', open: openMysql },
  { ...database, store: 'jdbc-h2', open: openH2 },
];
