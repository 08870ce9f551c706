import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { Parameter, Result } from './dialect.js';

/** Milliseconds to wait for another connection's lock on the file. */
const BUSY_TIMEOUT = 5_000;

interface Prepared {
  readonly reader: boolean;
  all(...parameters: SQLInputValue[]): unknown[];
  run(...parameters: SQLInputValue[]): unknown;
  get(...parameters: SQLInputValue[]): unknown;
}

/**
 * Node's own SQLite in the shape of the `better-sqlite3` package, as far as TypeORM uses that: no native addon is
 * needed. Every call is synchronous.
 */
export class NodeSqlite {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(file: string) {
    this.#database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT });
  }

  prepare(sql: string): Prepared {
    const statement = this.#database.prepare(sql);
    return {
      reader: statement.columns().length > 0,
      all: (...parameters) => statement.all(...parameters),
      run: (...parameters) => statement.run(...parameters),
      get: (...parameters) => statement.get(...parameters),
    };
  }

  pragma(text: string): unknown[] {
    return this.#database.prepare(`PRAGMA ${text}`).all();
  }

  exec(sql: string): this {
    this.#database.exec(sql);
    return this;
  }

  /** One statement, prepared once. */
  execute(sql: string, parameters: readonly Parameter[]): Result {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    if (statement.columns().length > 0) return { rows: statement.all(...parameters), affected: 0 };
    return { rows: [], affected: Number(statement.run(...parameters).changes) };
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }
}
