import type { Backend } from '@coffer/backend-contract';
import { openJdbcBackend } from '@coffer/backend-jdbc';
import type { JdbcStore, StoreConfiguration } from '@coffer/config';
import { KeyRing } from '@coffer/crypto';
import { CofferError } from '@coffer/secrets';
import { jdbcConnectionOf } from './jdbc-connection.js';

/** The key of jdbc's `secret` in envelopes; another secret under the same id opens nothing that this one sealed. */
const JDBC_KEY = 'jdbc';
/** Kestra takes any length here; the configuration has warned of a short one. */
const ANY_LENGTH = 1;

/** The database of a lone process. */
export interface EmbeddedDatabase {
  readonly file: string;
  /** Seals what has no `secret` of its own. */
  readonly ring: KeyRing;
}

const missingDatabase = (): CofferError =>
  new CofferError(
    'configuration',
    'no database is configured: set the url of datasources.postgres, datasources.mysql or datasources.h2, or coffer.datasource.url',
  );

const openJdbc = async (store: JdbcStore, database: EmbeddedDatabase | undefined): Promise<Backend> => {
  const { datasource, secret, prefix } = store;
  if (datasource === undefined && database === undefined) throw missingDatabase();
  const connection =
    datasource === undefined
      ? { dialect: 'embedded' as const, file: database?.file ?? '' }
      : jdbcConnectionOf(datasource);
  const ring = await KeyRing.derive([{ id: JDBC_KEY, secret, active: true }], { minSecretLength: ANY_LENGTH });
  return openJdbcBackend({ connection, ring, prefix });
};

/** Connects to nothing yet, but asks Elasticsearch whether it is one. Throws `configuration`. */
export const openStore = async (
  store: StoreConfiguration,
  database: EmbeddedDatabase | undefined,
): Promise<Backend> => {
  switch (store.type) {
    case 'jdbc':
      return openJdbc(store, database);
    case 'azure-key-vault':
      return (await import('./open-azure-key-vault.js')).openAzureKeyVault(store);
    case 'elasticsearch':
      return (await import('./open-elasticsearch.js')).openElasticsearch(store);
    case 'google-secret-manager':
      return (await import('./open-google-secret-manager.js')).openGoogleSecretManager(store);
    case 'vault':
      return (await import('./open-vault.js')).openVault(store);
    case 'aws-secret-manager':
      return (await import('./open-aws-secret-manager.js')).openAwsSecretManager(store);
  }
};

/** The store of a process that has no `kestra.secret`. Throws `configuration` where there is no such database. */
export const openDefaultStore = (database: EmbeddedDatabase | undefined): Backend => {
  if (database === undefined) {
    throw new CofferError('configuration', 'kestra.secret.type is missing: it names the store that holds the secrets');
  }
  return openJdbcBackend({ connection: { dialect: 'embedded', file: database.file }, ring: database.ring });
};
