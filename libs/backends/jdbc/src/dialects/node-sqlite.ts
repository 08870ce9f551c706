import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { Parameter, Result } from './dialect.js';

/** Time to wait for another connection's lock on the file. */
const BUSY_TIMEOUT_MS = 5_000;

interface Prepared {
  readonly reader: boolean;
  all(...parameters: SQLInputValue[]): unknown[];
  run(...parameters: SQLInputValue[]): unknown;
  get(...parameters: SQLInputValue[]): unknown;
}

/** `reader`: it answers rows. To ask SQLite that at every call takes more than half as long as a read by key. */
interface Statement {
  readonly prepared: StatementSync;
  readonly reader: boolean;
}

/**
 * Node's own SQLite in the shape of the `better-sqlite3` package, as far as TypeORM uses that: no native addon is
 * needed. Every call is synchronous.
 */
export class NodeSqlite {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, Statement>();

  constructor(file: string) {
    this.#database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
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
    const { prepared, reader } = this.#statements.get(sql) ?? this.#keep(sql);
    if (reader) return { rows: prepared.all(...parameters), affected: 0 };
    return { rows: [], affected: Number(prepared.run(...parameters).changes) };
  }

  #keep(sql: string): Statement {
    const prepared = this.#database.prepare(sql);
    const statement = { prepared, reader: prepared.columns().length > 0 };
    this.#statements.set(sql, statement);
    return statement;
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }
}
