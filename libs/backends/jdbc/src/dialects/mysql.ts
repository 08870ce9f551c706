import type { DataSource } from 'typeorm';
import { propertyOf } from '@coffer/backend-contract';
import { CofferError, type StoreErrorCode } from '@coffer/secrets';
import type { ServerConnection, Tls } from '../connection.js';
import type { Dialect, Parameter, Result, Row, StatementFailure } from './dialect.js';
import { codeOfConnection, ownFailure, statementFailure } from '../errors.js';
import { handshakeFailureOf, mysqlDriver } from './mysql-driver.js';
import { assertInTime, raceDeadline } from './race.js';
import { readTlsFiles } from './tls-files.js';

const STORE = 'MySQL';
/** Time to connect and log in. */
const CONNECT_TIMEOUT_MS = 5_000;
const SCHEMA_LOCK = 'coffer_schema';

/** Server error numbers (https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html). */
export const CODES: Readonly<Record<number, StoreErrorCode>> = {
  1021: 'unavailable', // disk full
  1040: 'unavailable', // too many connections
  1044: 'denied', // no access to the database
  1045: 'unauthenticated',
  1049: 'unavailable', // no such database (yet)
  1053: 'unavailable', // shutting down
  1105: 'unavailable',
  1114: 'unavailable', // table full, also for a full disk
  1129: 'unavailable', // host blocked
  1130: 'unauthenticated', // host not allowed
  1142: 'denied', // no right on the table
  1143: 'denied',
  1153: 'too-large', // above max_allowed_packet
  1203: 'unavailable', // too many connections of the user
  1205: 'timeout', // lock wait
  1213: 'conflict', // deadlock
  1226: 'throttled', // the user's resource limit
  1227: 'denied',
  1251: 'unauthenticated', // another plugin
  1264: 'invalid',
  1290: 'read-only',
  1317: 'timeout', // cancelled
  1366: 'invalid',
  1406: 'too-large',
  1410: 'denied',
  1698: 'unauthenticated',
  1792: 'read-only',
  1820: 'unauthenticated', // password to be changed
  1836: 'read-only',
  1862: 'unauthenticated', // password expired
  1969: 'timeout', // MariaDB: max_statement_time
  3024: 'timeout', // MySQL: max_execution_time
  3118: 'unauthenticated', // account locked
  4151: 'unauthenticated', // MariaDB: account locked
};
const DUPLICATE = 1062;
const NO_SUCH_TABLE = 1146;

type Callback<T> = (error: unknown, result: T) => void;
/** What mysql2's pool and its connections are used for here. */
interface Connection {
  execute(sql: string, parameters: unknown[], done: Callback<Row[] | { affectedRows: number }>): void;
  release(): void;
  destroy(): void;
}
interface Pool {
  getConnection(done: Callback<Connection>): void;
}

const promised = <T>(start: (done: Callback<T>) => void): Promise<T> =>
  new Promise((resolve, reject) => {
    start((error, result) => {
      if (error == null) resolve(result);
      else reject(error instanceof Error ? error : new Error('the driver failed'));
    });
  });

const tlsOf = (tls: Tls, connection: ServerConnection): object | undefined => {
  const { ca, ...own } = tls === 'disabled' ? {} : readTlsFiles(STORE, connection);
  const trusted = ca === undefined ? {} : { ca };
  switch (tls) {
    case 'disabled':
      return undefined;
    case 'preferred':
    case 'required':
      return { ...own, rejectUnauthorized: false };
    case 'verify-ca':
      return { ...own, ...trusted, rejectUnauthorized: true, verifyIdentity: false };
    case 'verify-full':
      return { ...own, ...trusted, rejectUnauthorized: true, verifyIdentity: true };
  }
};

const toStatementFailure = (thrown: unknown): StatementFailure => {
  if (CofferError.is(thrown)) return ownFailure(thrown);
  const number = propertyOf(thrown, 'errno');
  const name = propertyOf(handshakeFailureOf(thrown), 'code');
  const known = typeof number === 'number' ? CODES[number] : undefined;
  const code = known ?? codeOfConnection(name);
  return statementFailure(STORE, code, name, {
    ...(typeof number === 'number' && number >= 1_000 ? { wordsKey: String(number) } : {}),
    duplicate: number === DUPLICATE,
    noTls: name === 'HANDSHAKE_NO_SSL_SUPPORT',
    missingTable: number === NO_SUCH_TABLE,
  });
};

const poolOf = (source: DataSource): Pool => (source.driver as unknown as { pool: Pool }).pool;

/** Prepared on the server: a client that writes parameters into the text depends on the server's `sql_mode` to be safe. */
const run = async (
  source: DataSource,
  sql: string,
  parameters: readonly Parameter[],
  signal: AbortSignal,
): Promise<Result> => {
  assertInTime(signal, STORE);
  const connecting = promised<Connection>((done) => poolOf(source).getConnection(done));
  const connection = await raceDeadline(connecting, signal, STORE, () => {
    connecting.then(
      (late) => late.release(),
      () => undefined,
    );
  });
  let abandoned = false;
  try {
    const executing = promised<Row[] | { affectedRows: number }>((done) =>
      connection.execute(sql, [...parameters], done),
    );
    const result = await raceDeadline(executing, signal, STORE, () => {
      abandoned = true;
      connection.destroy();
    });
    return Array.isArray(result) ? { rows: result, affected: 0 } : { rows: [], affected: result.affectedRows };
  } finally {
    if (!abandoned) connection.release();
  }
};

/** MySQL and MariaDB. */
export const mysql = (connection: ServerConnection, poolSize: number): Dialect => ({
  store: STORE,
  table: (name) => name,
  grantOf: (right, table) => `GRANT ${right} ON ${right === 'CREATE' ? 'DATABASE.*' : `DATABASE.${table}`} TO the user`,
  castToText: 'CHAR',
  castToFence: 'SIGNED',
  valueColumn: 'value',
  byCodePoints: (expression) => expression,
  options: (tls) => ({
    type: 'mysql',
    driver: mysqlDriver,
    host: connection.host,
    port: connection.port,
    database: connection.database,
    username: connection.username,
    password: connection.password.reveal(),
    ssl: tlsOf(tls, connection),
    poolSize,
    charset: 'utf8mb4_bin',
    connectTimeout: CONNECT_TIMEOUT_MS,
    extra: { enableKeepAlive: true },
  }),
  tls: connection.tls,
  run,
  toStatementFailure,
  lockSchema: async (source) => {
    const runner = source.createQueryRunner();
    const rows = (await runner.query(`SELECT CAST(GET_LOCK('${SCHEMA_LOCK}', 0) AS CHAR) AS locked`)) as {
      locked: string | null;
    }[];
    if (rows[0]?.locked !== '1') {
      await runner.release();
      return undefined;
    }
    return async () => {
      await runner.query(`SELECT RELEASE_LOCK('${SCHEMA_LOCK}')`);
      await runner.release();
    };
  },
});
