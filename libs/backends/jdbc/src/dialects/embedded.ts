import type { DataSource } from 'typeorm';
import { propertyOf } from '@coffer/backend-contract';
import { CofferError, type StoreErrorCode } from '@coffer/secrets';
import type { EmbeddedConnection } from '../connection.js';
import type { Dialect, StatementFailure } from './dialect.js';
import { statementFailure, ownFailure } from '../errors.js';
import { NodeSqlite } from './node-sqlite.js';
import { assertInTime } from './race.js';

const STORE = 'the embedded database';

/** Primary result codes (https://www.sqlite.org/rescode.html). */
const CODES: Readonly<Record<number, StoreErrorCode>> = {
  3: 'denied', // SQLITE_PERM
  8: 'read-only', // SQLITE_READONLY
  11: 'corrupt', // SQLITE_CORRUPT
  18: 'too-large', // SQLITE_TOOBIG
  20: 'invalid', // SQLITE_MISMATCH
  23: 'denied', // SQLITE_AUTH
  26: 'corrupt', // SQLITE_NOTADB
};
const FULL = 13;
/** Extended codes of a violated primary key or unique index. */
const DUPLICATES: ReadonlySet<unknown> = new Set([1555, 2067]);

const toStatementFailure = (thrown: unknown): StatementFailure => {
  if (CofferError.is(thrown)) return ownFailure(thrown);
  const extended = propertyOf(thrown, 'errcode') ?? propertyOf(thrown, 'driverError', 'errcode');
  if (typeof extended !== 'number') return statementFailure(STORE, 'unavailable', propertyOf(thrown, 'code'));
  const primary = extended & 0xff;
  if (primary === FULL) {
    const message = `${STORE} has no space left on its disk; nothing was changed`;
    return ownFailure(new CofferError('unavailable', message, { store: STORE, vendorCode: 'SQLITE_FULL' }));
  }
  const text = String(propertyOf(thrown, 'message'));
  return statementFailure(STORE, CODES[primary] ?? 'unavailable', extended, {
    duplicate: DUPLICATES.has(extended),
    missingTable: primary === 1 && text.startsWith('no such table'),
  });
};

/** The one connection that every call shares. A statement runs to its end before another begins. */
const databaseOf = (source: DataSource): NodeSqlite =>
  (source.driver as unknown as { databaseConnection: NodeSqlite }).databaseConnection;

/** How long a write of this process waits for one of `coffer rewrap`, which takes some milliseconds; nothing else goes on meanwhile. */
const BUSY_TIMEOUT_MS = 1_000;

/** SQLite in a file, through Node's own module. A write is on the disk when it is answered (`synchronous=FULL`). */
export const embedded = (connection: EmbeddedConnection): Dialect => ({
  store: STORE,
  table: (name) => name,
  castToText: 'TEXT',
  castToFence: 'INTEGER',
  valueColumn: 'value',
  byCodePoints: (expression) => expression,
  options: () => ({
    type: 'better-sqlite3',
    driver: NodeSqlite,
    database: connection.file,
    prepareDatabase: (database: NodeSqlite) => {
      database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL`);
    },
  }),
  tls: 'disabled',
  run: async (source, sql, parameters, signal) => {
    assertInTime(signal, STORE);
    return databaseOf(source).execute(sql, parameters);
  },
  toStatementFailure,
  lockSchema: async () => async () => undefined,
});
