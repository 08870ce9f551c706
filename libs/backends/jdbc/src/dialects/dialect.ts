import type { DataSource, DataSourceOptions } from 'typeorm';
import type { CofferError } from '@coffer/secrets';
import type { Tls } from '../connection.js';

export type Parameter = string | Uint8Array | null;
export type Row = Readonly<Record<string, unknown>>;

export interface Result {
  readonly rows: readonly Row[];
  /** Rows that an UPDATE or INSERT touched. */
  readonly affected: number;
}

/** `CREATE`: of the tables, which the first start needs and no later one. */
export type Right = 'SELECT' | 'INSERT' | 'UPDATE' | 'CREATE';

/** What one statement throws: the reason as a code, and what the caller may have to act on. */
export interface StatementFailure {
  readonly error: CofferError;
  readonly duplicate: boolean;
  readonly missingTable: boolean;
  /** The server speaks no TLS, and it was asked for it. */
  readonly noTls: boolean;
}

/** One kind of database: everything in which it differs from the others. */
export interface Dialect {
  /** As messages show it. */
  readonly store: string;
  /** Types for `CAST(… AS …)`, so that fences travel as text: a JavaScript number ends at 2^53. */
  readonly castToText: string;
  readonly castToFence: string;
  /** The name of a table in statements, with its schema where one is configured. */
  readonly table: (name: string) => string;
  /** What an administrator grants for a right that is missing; absent where there are no rights to grant. */
  readonly grantOf?: (right: Right, table: string) => string;
  /** The column's name, quoted where it is a word of the dialect. */
  readonly valueColumn: string;
  /** Makes of a text, a column or a parameter, what is compared by code points. */
  readonly byCodePoints: (expression: string) => string;
  readonly tls: Tls;
  options(tls: Tls): DataSourceOptions;
  /** Brings up what has to run before anybody can connect. */
  readonly beforeConnect?: () => Promise<void>;
  /** Looks at what it is connected to, before the schema is brought up; throws to refuse it. */
  readonly afterConnect?: (source: DataSource, signal: AbortSignal) => Promise<void>;
  /** What is behind an error that does not tell; the error itself where nothing more is known. */
  readonly clarify?: (thrown: unknown) => Promise<unknown>;
  /** Ends what `beforeConnect` brought up; called once, when the pool is gone. */
  readonly afterClose?: () => Promise<void>;
  /**
   * Runs one statement with `?` for parameters, on a connection of its own from the pool. When the signal fires, the
   * connection is destroyed, not returned: a database that hangs cannot hold the pool. Throws what the driver throws.
   */
  run(source: DataSource, sql: string, parameters: readonly Parameter[], signal: AbortSignal): Promise<Result>;
  /** Never throws; the error carries a code and safe identifiers only. */
  toStatementFailure(thrown: unknown): StatementFailure;
  /**
   * Takes the lock that lets one process of several change the schema, or answers `undefined` at once when another has
   * it. The answer gives it back.
   */
  lockSchema(source: DataSource): Promise<(() => Promise<void>) | undefined>;
}
