import pg from 'pg';
import { CofferError, type StoreErrorCode } from '@coffer/secrets';
import type { H2FileConnection, ServerConnection } from '../connection.js';
import type { Dialect, StatementFailure } from '../dialects/dialect.js';
import { failureOf, fieldOf, isTimeoutCode, ownFailure } from '../dialects/failure.js';
import { ignore } from '../dialects/pg-client.js';
import { runOnPool } from '../dialects/pg-pool.js';
import { H2Client, LOGIN_REFUSED } from './h2-client.js';
import { H2Server } from './h2-server.js';

const STORE = 'H2';
/** Milliseconds to connect and log in. */
const CONNECT_TIMEOUT = 5_000;

/** SQLSTATEs, longest match first: a whole code, else its class (https://h2database.com/javadoc/org/h2/api/ErrorCode.html). */
const CODES: Readonly<Record<string, StoreErrorCode>> = {
  '22': 'invalid',
  '22001': 'too-large',
  '28': 'unauthenticated',
  '40': 'conflict',
  '57014': 'timeout',
  '90020': 'unavailable', // another process has the file open
  '90030': 'corrupt',
  '90040': 'denied', // needs an administrator
  '90096': 'denied',
  '90097': 'read-only',
  '90131': 'conflict',
  HYT00: 'timeout', // lock wait
};
const MISSING_TABLE: ReadonlySet<string> = new Set(['42S02', '42S03', '42S04']);
const DUPLICATE = '23505';

const explain = (thrown: unknown): StatementFailure => {
  if (CofferError.is(thrown)) return ownFailure(thrown);
  const state = fieldOf(thrown, 'code');
  if (typeof state !== 'string') return failureOf(STORE, 'unavailable', undefined);
  const code = CODES[state] ?? CODES[state.slice(0, 2)] ?? (isTimeoutCode(state) ? 'timeout' : 'unavailable');
  return failureOf(STORE, code, state, { duplicate: state === DUPLICATE, missingTable: MISSING_TABLE.has(state) });
};

/** Who changes the schema of which database. H2 has no locks by name; a file has one process, and that one this queue. */
const schemaLocks = new Set<string>();

const run = runOnPool(STORE);

type Address = Pick<ServerConnection, 'host' | 'port' | 'database' | 'username' | 'password'>;

const dialect = (address: () => Address, poolSize: number): Dialect => ({
  store: STORE,
  castToText: 'VARCHAR',
  castToFence: 'BIGINT',
  valueColumn: '"value"',
  // H2 compares texts by UTF-16 units.
  byCodePoints: (expression) => `CAST(${expression} AS VARBINARY)`,
  options: () => ({
    type: 'postgres',
    driver: pg,
    host: address().host,
    port: address().port,
    database: address().database,
    username: address().username,
    password: address().password.reveal(),
    poolSize,
    connectTimeoutMS: CONNECT_TIMEOUT,
    installExtensions: false,
    poolErrorHandler: ignore,
    extra: { Client: H2Client, keepAlive: true },
  }),
  tls: 'disabled',
  run,
  explain,
  lockSchema: async () => {
    const { host, port, database } = address();
    const name = JSON.stringify([host, port, database]);
    if (schemaLocks.has(name)) return undefined;
    schemaLocks.add(name);
    return async () => void schemaLocks.delete(name);
  },
});

/** H2's PostgreSQL-protocol server, which somebody else runs. It speaks no TLS. */
export const h2 = (connection: ServerConnection, poolSize: number): Dialect => dialect(() => connection, poolSize);

/**
 * A database file, behind a server process that this process starts when it is first needed, and again when it has died.
 * Backends of one process share it; another process is refused by H2's own lock on the file.
 */
export const h2File = (connection: H2FileConnection, poolSize: number): Dialect => {
  const server = H2Server.of(connection);
  const { username, password } = connection;
  const base = dialect(
    () => ({ host: '127.0.0.1', port: server.port, database: server.database, username, password }),
    poolSize,
  );
  /** The reason, which H2 tells its own log alone. */
  const clarify = async (thrown: unknown): Promise<unknown> =>
    fieldOf(thrown, 'code') === LOGIN_REFUSED ? server.refusal() : thrown;
  let held = false;
  const up = async (): Promise<void> => {
    if (!held) server.hold();
    held = true;
    await server.start();
  };
  return {
    ...base,
    beforeConnect: up,
    clarify,
    afterClose: async () => {
      if (held) await server.release();
      held = false;
    },
    run: async (source, sql, parameters, signal) => {
      await up();
      try {
        return await run(source, sql, parameters, signal);
      } catch (thrown) {
        throw await clarify(thrown);
      }
    },
  };
};
