import type { ConnectionOptions, TlsOptions } from 'node:tls';
import pg from 'pg';
import { propertyOf } from '@coffer/backend-contract';
import { CofferError, type StoreErrorCode } from '@coffer/secrets';
import type { ServerConnection, Tls } from '../connection.js';
import type { Dialect, StatementFailure } from './dialect.js';
import { codeOfConnection, ownFailure, statementFailure } from '../errors.js';
import { PgClient, ignore } from './pg-client.js';
import { runOnPool } from './pg-pool.js';
import { readTlsFiles } from './tls-files.js';

const STORE = 'PostgreSQL';
/** Time to connect and log in. */
const CONNECT_TIMEOUT_MS = 5_000;
/** Any number, the same in every version: the advisory lock of schema changes. */
const SCHEMA_LOCK = '4846791580151137091';

/** SQLSTATEs, longest match first: a whole code, else its class (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
export const CODES: Readonly<Record<string, StoreErrorCode>> = {
  '22': 'invalid',
  '25006': 'read-only',
  '28': 'unauthenticated',
  '3D000': 'unavailable',
  '3F000': 'denied', // no such schema, or none that the user may use
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

const tlsOf = (tls: Tls, connection: ServerConnection): (TlsOptions & ConnectionOptions) | false => {
  const { ca, ...own } = tls === 'disabled' ? {} : readTlsFiles(STORE, connection);
  const trusted = ca === undefined ? {} : { ca };
  switch (tls) {
    case 'disabled':
      return false;
    case 'preferred':
    case 'required':
      return { ...own, rejectUnauthorized: false };
    case 'verify-ca':
      return { ...own, ...trusted, rejectUnauthorized: true, checkServerIdentity: () => undefined };
    case 'verify-full':
      return { ...own, ...trusted, rejectUnauthorized: true };
  }
};

const toStatementFailure = (thrown: unknown): StatementFailure => {
  if (CofferError.is(thrown)) return ownFailure(thrown);
  const state = propertyOf(thrown, 'code');
  if (typeof state !== 'string') {
    const noTls = propertyOf(thrown, 'message') === 'The server does not support SSL connections';
    return statementFailure(STORE, 'unavailable', undefined, { noTls });
  }
  const code = CODES[state] ?? CODES[state.slice(0, 2)] ?? codeOfConnection(state);
  return statementFailure(STORE, code, state, { duplicate: state === '23505', missingTable: state === '42P01' });
};

export const postgresql = (connection: ServerConnection, poolSize: number): Dialect => {
  const { schema } = connection;
  const table = (name: string): string => (schema === undefined ? name : `"${schema}".${name}`);
  return {
    store: STORE,
    table,
    grantOf: (right, name) =>
      right === 'CREATE'
        ? `GRANT USAGE, CREATE ON SCHEMA ${schema === undefined ? 'SCHEMA' : `"${schema}"`} TO the user`
        : `GRANT ${right} ON ${name} TO the user, and GRANT USAGE on its schema`,
    castToText: 'TEXT',
    castToFence: 'BIGINT',
    valueColumn: 'value',
    byCodePoints: (expression) => expression,
    options: (tls) => ({
      type: 'postgres',
      driver: pg,
      host: connection.host,
      port: connection.port,
      database: connection.database,
      username: connection.username,
      // A text that is empty would be looked for in PGPASSWORD and in a file.
      password: () => connection.password.reveal(),
      ssl: tlsOf(tls, connection),
      poolSize,
      connectTimeoutMS: CONNECT_TIMEOUT_MS,
      applicationName: 'coffer',
      installExtensions: false,
      poolErrorHandler: ignore,
      ...(schema === undefined ? {} : { schema }),
      extra: { Client: PgClient, keepAlive: true },
    }),
    tls: connection.tls,
    run: runOnPool(STORE),
    toStatementFailure,
    // For a transaction and not for the session: behind a pooler, each transaction may meet another session.
    lockSchema: async (source) => {
      const runner = source.createQueryRunner();
      try {
        await runner.startTransaction();
        const rows = (await runner.query(`SELECT pg_try_advisory_xact_lock(${SCHEMA_LOCK}) AS locked`)) as {
          locked: boolean;
        }[];
        if (rows[0]?.locked === true) {
          return async () => {
            await runner.commitTransaction();
            await runner.release();
          };
        }
        await runner.rollbackTransaction();
      } catch (error) {
        await runner.release();
        throw error;
      }
      await runner.release();
      return undefined;
    },
  };
};
