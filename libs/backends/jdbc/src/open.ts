import type { Backend } from '@coffer/backend-contract';
import type { JdbcStore } from '@coffer/config';
import { KeyRing } from '@coffer/crypto';
import { CofferError } from '@coffer/secrets';
import type { JdbcConnection } from './connection.js';
import { jdbcConnectionOf } from './datasource.js';
import type { Dialect } from './dialects/dialect.js';
import { embedded as embeddedDialect } from './dialects/embedded.js';
import { h2, h2File } from './h2/h2.js';
import { mysql } from './dialects/mysql.js';
import { postgresql } from './dialects/postgresql.js';
import { JdbcBackend } from './backend.js';
import { DatabaseClient } from './client.js';

export interface JdbcBackendOptions {
  readonly connection: JdbcConnection;
  /** Seals the values, purpose `sql`. */
  readonly ring: KeyRing;
  /** Separates instances that share the table: at most 128 code points, default none. */
  readonly prefix?: string;
  /** Connections at most; default 10. The embedded database has one. */
  readonly poolSize?: number;
}

const MAX_PREFIX = 128;
const POOL_SIZE = 10;
/** A schema change holds one connection and works on another. */
const MIN_POOL_SIZE = 2;

const dialectOf = (connection: JdbcConnection, poolSize: number): Dialect => {
  switch (connection.dialect) {
    case 'embedded':
      return embeddedDialect(connection);
    case 'postgresql':
      return postgresql(connection, poolSize);
    case 'mysql':
      return mysql(connection, poolSize);
    case 'h2':
      return h2(connection, poolSize);
    case 'h2-file':
      return h2File(connection, poolSize);
  }
};

/**
 * Asks nothing of the database yet: the first call connects and brings the schema up, and while that fails each call,
 * `check` among them, throws the reason and the next one tries again. Throws `configuration` for settings that cannot
 * be right.
 */
export const openJdbcBackend = (options: JdbcBackendOptions): Backend => {
  const { connection, ring, prefix = '', poolSize = POOL_SIZE } = options;
  if ([...prefix].length > MAX_PREFIX || !prefix.isWellFormed()) {
    throw new CofferError('configuration', `the prefix must have at most ${MAX_PREFIX} characters`);
  }
  return new JdbcBackend(new DatabaseClient(dialectOf(connection, Math.max(poolSize, MIN_POOL_SIZE))), ring, prefix);
};

/** The database of a lone process. */
export interface EmbeddedDatabase {
  readonly file: string;
  /** Seals what has no `secret` of its own. */
  readonly ring: KeyRing;
}

/** Kestra takes a secret of any length here; the configuration has warned of a short one. */
const ANY_LENGTH = 1;

const missingDatabase = (): CofferError =>
  new CofferError(
    'configuration',
    'no database is configured: set the url of datasources.postgres, datasources.mysql or datasources.h2, or coffer.datasource.url',
  );

const embeddedConnectionOf = (embedded: EmbeddedDatabase | undefined): JdbcConnection => {
  if (embedded === undefined) throw missingDatabase();
  return { dialect: 'embedded', file: embedded.file };
};

/**
 * Opens the store that the configuration describes, on the embedded database where it names no other. Throws
 * `configuration` where there is neither.
 */
export const open = async ({ datasource, keys, prefix }: JdbcStore, embedded?: EmbeddedDatabase): Promise<Backend> => {
  const connection = datasource === undefined ? embeddedConnectionOf(embedded) : jdbcConnectionOf(datasource);
  const ring = await KeyRing.derive(keys, { minSecretLength: ANY_LENGTH });
  return openJdbcBackend({ connection, ring, prefix });
};

/** The embedded database as the store of a process that configures none. */
export const openEmbedded = (embedded: EmbeddedDatabase): Backend =>
  openJdbcBackend({ connection: embeddedConnectionOf(embedded), ring: embedded.ring });
