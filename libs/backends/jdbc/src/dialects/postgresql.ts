import { readFileSync } from 'node:fs';
import type { ConnectionOptions, TlsOptions } from 'node:tls';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { CofferError, type StoreErrorCode } from '@coffer/secrets';
import type { ServerConnection, Tls } from '../connection.js';
import type { Dialect, Parameter, Result, Row, StatementFailure } from './dialect.js';
import { failureOf, fieldOf, isTimeoutCode, ownFailure } from './failure.js';
import { assertInTime, withinCall } from './race.js';

const STORE = 'PostgreSQL';
/** Milliseconds to connect and log in. */
const CONNECT_TIMEOUT = 5_000;
/** Any number, the same in every version: the advisory lock of schema changes. */
const SCHEMA_LOCK = '4846791580151137091';

/** SQLSTATEs, longest match first: a whole code, else its class (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const CODES: Readonly<Record<string, StoreErrorCode>> = {
  '22': 'invalid',
  '25006': 'read-only',
  '28': 'unauthenticated',
  '3D000': 'unavailable',
  '40': 'conflict',
  '42501': 'denied',
  '53': 'unavailable',
  '54': 'too-large',
  '55P03': 'timeout',
  '57014': 'timeout',
  '57': 'unavailable',
  '58': 'unavailable',
  XX001: 'corrupt',
  XX002: 'corrupt',
};

/** What `pg.PoolClient` is used for here. */
interface Client {
  query(statement: {
    name: string;
    text: string;
    values: unknown[];
  }): Promise<{ rows: Row[]; rowCount: number | null }>;
  release(destroy?: boolean): void;
  on(event: 'error', listener: () => void): void;
  off(event: 'error', listener: () => void): void;
}
interface Pool {
  connect(): Promise<Client>;
}

/** A connection that breaks between statements says so by an event, which ends the process if nobody listens. */
const ignore = (): void => undefined;

interface Prepared {
  readonly name: string;
  readonly text: string;
}

/** Every statement there is, by its text with `?`: a fixed dozen, since values are never part of one. */
const statements = new Map<string, Prepared>();

/**
 * Under its name each connection has the server parse and plan it once only, which saves a quarter of the round trip of a
 * read. A connection pooler in between has to know of prepared statements, as PgBouncer does from 1.21 on.
 */
const prepared = (sql: string): Prepared => {
  const known = statements.get(sql);
  if (known !== undefined) return known;
  let count = 0;
  const text = sql.replace(/\?/g, () => `$${(count += 1)}`);
  const statement = { name: `coffer_${statements.size}`, text };
  statements.set(sql, statement);
  return statement;
};

const tlsOf = (tls: Tls, caFile: string | undefined): (TlsOptions & ConnectionOptions) | false => {
  const ca = caFile === undefined ? {} : { ca: readFileSync(caFile, 'utf8') };
  switch (tls) {
    case 'disabled':
      return false;
    case 'preferred':
    case 'required':
      return { rejectUnauthorized: false };
    case 'verify-ca':
      return { ...ca, rejectUnauthorized: true, checkServerIdentity: () => undefined };
    case 'verify-full':
      return { ...ca, rejectUnauthorized: true };
  }
};

const explain = (thrown: unknown): StatementFailure => {
  if (CofferError.is(thrown)) return ownFailure(thrown);
  const state = fieldOf(thrown, 'code');
  if (typeof state !== 'string') {
    const noTls = fieldOf(thrown, 'message') === 'The server does not support SSL connections';
    return failureOf(STORE, 'unavailable', undefined, { noTls });
  }
  const code = CODES[state] ?? CODES[state.slice(0, 2)] ?? (isTimeoutCode(state) ? 'timeout' : 'unavailable');
  return failureOf(STORE, code, state, { duplicate: state === '23505', missingTable: state === '42P01' });
};

const poolOf = (source: DataSource): Pool => (source.driver as unknown as { master: Pool }).master;

const run = async (
  source: DataSource,
  sql: string,
  parameters: readonly Parameter[],
  signal: AbortSignal,
): Promise<Result> => {
  assertInTime(signal, STORE);
  const connecting = poolOf(source).connect();
  const client = await withinCall(connecting, signal, STORE, () => {
    connecting.then((late) => late.release(), ignore);
  });
  client.on('error', ignore);
  let abandoned = false;
  try {
    const querying = client.query({ ...prepared(sql), values: [...parameters] });
    const { rows, rowCount } = await withinCall(querying, signal, STORE, () => {
      abandoned = true;
      client.release(true);
    });
    return { rows, affected: rowCount ?? 0 };
  } finally {
    if (!abandoned) {
      client.off('error', ignore);
      client.release();
    }
  }
};

export const postgresql = (connection: ServerConnection, poolSize: number): Dialect => {
  const { schema } = connection;
  return {
    store: STORE,
    castToText: 'TEXT',
    castToFence: 'BIGINT',
    options: (tls) => ({
      type: 'postgres',
      driver: pg,
      host: connection.host,
      port: connection.port,
      database: connection.database,
      username: connection.username,
      password: connection.password.reveal(),
      ssl: tlsOf(tls, connection.caFile),
      poolSize,
      connectTimeoutMS: CONNECT_TIMEOUT,
      applicationName: 'coffer',
      installExtensions: false,
      poolErrorHandler: ignore,
      extra: { keepAlive: true, ...(schema === undefined ? {} : { options: `-c search_path=${schema}` }) },
    }),
    tls: connection.tls,
    run,
    explain,
    lockSchema: async (source) => {
      const runner = source.createQueryRunner();
      const rows = (await runner.query(`SELECT pg_try_advisory_lock(${SCHEMA_LOCK}) AS locked`)) as {
        locked: boolean;
      }[];
      if (rows[0]?.locked !== true) {
        await runner.release();
        return undefined;
      }
      return async () => {
        await runner.query(`SELECT pg_advisory_unlock(${SCHEMA_LOCK})`);
        await runner.release();
      };
    },
  };
};
