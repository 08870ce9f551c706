import pg from 'pg';
import { propertyOf } from '@coffer/backend-contract';
import { CofferError, type StoreErrorCode } from '@coffer/secrets';
import type { H2FileConnection, ServerConnection } from '../connection.js';
import type { Dialect, Row, StatementFailure } from '../dialects/dialect.js';
import { statementFailure, isTimeoutCode, ownFailure } from '../errors.js';
import { ignore } from '../dialects/pg-client.js';
import { runOnPool } from '../dialects/pg-pool.js';
import { H2Client, LOGIN_REFUSED } from './h2-client.js';
import { assertPassword } from './h2-file.js';
import { misconfigured } from './h2-process.js';
import { H2Server } from './h2-server.js';

const STORE = 'H2';
/** Time to connect and log in. */
const CONNECT_TIMEOUT_MS = 5_000;

/** SQLSTATEs, longest match first: a whole code, else its class (https://h2database.com/javadoc/org/h2/api/ErrorCode.html). */
const CODES: Readonly<Record<string, StoreErrorCode>> = {
  '22': 'invalid',
  '22001': 'too-large',
  '28': 'unauthenticated',
  '40': 'conflict',
  '57014': 'timeout',
  '90020': 'unavailable', // another process has the file open
  '90030': 'corrupt',
  '90040': 'denied', // NOT_ADMINISTRATOR
  '90096': 'denied',
  '90097': 'read-only',
  '90131': 'conflict',
  HYT00: 'timeout', // lock wait
};
const MISSING_TABLE: ReadonlySet<string> = new Set(['42S02', '42S03', '42S04']);
const DUPLICATE = '23505';
const NOT_ADMINISTRATOR = '90040';

const toStatementFailure = (thrown: unknown): StatementFailure => {
  if (CofferError.is(thrown)) return ownFailure(thrown);
  const state = propertyOf(thrown, 'code');
  if (typeof state !== 'string') return statementFailure(STORE, 'unavailable', undefined);
  const code = CODES[state] ?? CODES[state.slice(0, 2)] ?? (isTimeoutCode(state) ? 'timeout' : 'unavailable');
  return statementFailure(STORE, code, state, {
    duplicate: state === DUPLICATE,
    missingTable: MISSING_TABLE.has(state),
  });
};

/** Who changes the schema of which database. H2 has no locks by name; a file has one process, and that one this queue. */
const schemaLocks = new Set<string>();

const run = runOnPool(STORE);

type Address = Pick<ServerConnection, 'host' | 'port' | 'database' | 'username' | 'password'>;

const dialect = (address: () => Address, poolSize: number): Dialect => ({
  store: STORE,
  table: (name) => name,
  grantOf: () => 'ALTER USER … ADMIN TRUE, since WRITE_DELAY is set by an administrator alone',
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
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    installExtensions: false,
    poolErrorHandler: ignore,
    extra: { Client: H2Client, keepAlive: true },
  }),
  tls: 'disabled',
  run,
  toStatementFailure,
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

/** Whether the database takes the user without a password. Rejects when it cannot be asked. */
const isOpenTo = async (name: string, address: Address): Promise<boolean> => {
  const { host, port, database } = address;
  const login = { host, port, database, user: name, password: () => '', connectionTimeoutMillis: CONNECT_TIMEOUT_MS };
  const client = new H2Client(login);
  try {
    await new Promise<void>((resolve, reject) => client.connect((error) => (error ? reject(error) : resolve())));
    return true;
  } catch (error) {
    const code = propertyOf(error, 'code');
    // What only an administrator may set was refused: the login was not.
    if (code === NOT_ADMINISTRATOR) return true;
    if (code === LOGIN_REFUSED) return false;
    throw error;
  } finally {
    void client.end().catch(() => undefined);
  }
};

/** Throws `configuration` for a file with another account that has no password. */
const assertNoOpenAccount = async (users: readonly Row[], address: Address): Promise<void> => {
  for (const user of users) {
    const name = String(user['user_name']);
    if (name.toUpperCase() === address.username.toUpperCase() || !(await isOpenTo(name, address))) continue;
    throw misconfigured(
      `the database file has an account without a password, ${name}, by which every process of this machine may enter it: ` +
        `give it one by ALTER USER, or remove it by DROP USER, in H2’s shell (java -cp H2_JAR org.h2.tools.Shell)`,
    );
  }
};

/**
 * A database file, behind a server process that this process starts when it is first needed, and again when it has died.
 * Backends of one process share it; another process is refused by H2's own lock on the file.
 */
export const h2File = (connection: H2FileConnection, poolSize: number): Dialect => {
  assertPassword(connection);
  const server = H2Server.of(connection);
  const { username, password } = connection;
  const address = (): Address => ({
    host: '127.0.0.1',
    port: server.port,
    database: server.database,
    username,
    password,
  });
  const base = dialect(address, poolSize);
  /** The reason, which H2 tells its own log alone. */
  const clarify = async (thrown: unknown): Promise<unknown> =>
    propertyOf(thrown, 'code') === LOGIN_REFUSED ? server.refusal() : thrown;
  let held = false;
  const up = async (): Promise<void> => {
    if (!held) server.hold();
    held = true;
    await server.start();
  };
  return {
    ...base,
    beforeConnect: up,
    afterConnect: async (source, signal) => {
      const { rows } = await run(source, 'SELECT user_name FROM information_schema.users', [], signal);
      await assertNoOpenAccount(rows, address());
    },
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
