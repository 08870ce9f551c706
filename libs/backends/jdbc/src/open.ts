import type { Backend } from '@coffer/backend-contract';
import type { KeyRing } from '@coffer/crypto';
import { CofferError } from '@coffer/secrets';
import type { JdbcConnection } from './connection.js';
import type { Dialect } from './dialects/dialect.js';
import { embedded } from './dialects/embedded.js';
import { h2, h2File } from './h2/h2.js';
import { mysql } from './dialects/mysql.js';
import { postgresql } from './dialects/postgresql.js';
import { JdbcBackend } from './backend.js';
import { Session } from './client.js';

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
      return embedded(connection);
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
  return new JdbcBackend(new Session(dialectOf(connection, Math.max(poolSize, MIN_POOL_SIZE))), ring, prefix);
};
