import { DatabaseSync } from 'node:sqlite';
import { CofferError } from '@coffer/secrets';

/** What this version writes, and the newest that it can read. */
const FORMAT = 1;

const SQLITE_BUSY = 5;

/** SQLite's primary result code. */
const resultOf = (error: unknown): number => Number((error as { errcode?: unknown }).errcode) & 0xff;

const unusable = (error: unknown, folder: string): CofferError =>
  resultOf(error) === SQLITE_BUSY
    ? new CofferError(
        'configuration',
        `the data folder ${folder} is in use by another Coffer; stop it first, or choose another folder with COFFER_DATA_DIR`,
        { folder },
      )
    : new CofferError(
        'configuration',
        `state.db in the data folder ${folder} cannot be opened (SQLite error ${resultOf(error)}): see that the folder can ` +
          'be written and its disk has room, restore it from a backup, or choose another folder with COFFER_DATA_DIR',
        { folder },
      );

/**
 * The small facts that a data folder keeps about itself, in a database that one process at a time can hold: the lock is
 * the operating system's, so it ends with the process however that ends. Every change is durable when the call returns.
 */
export class StateDatabase {
  private constructor(private readonly db: DatabaseSync) {}

  /** Throws `configuration` when it is no database, another process holds it, or a newer version made it. */
  static open(file: string, folder: string): StateDatabase {
    let db: DatabaseSync | undefined;
    try {
      db = new DatabaseSync(file);
      db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA');
      db.exec('BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT NOT NULL); COMMIT');
    } catch (error) {
      db?.close();
      throw unusable(error, folder);
    }
    const state = new StateDatabase(db);
    try {
      state.#checkFormat(folder);
    } catch (error) {
      db.close();
      throw error;
    }
    return state;
  }

  get(name: string): string | undefined {
    const row = this.db.prepare('SELECT value FROM state WHERE name = ?').get(name);
    return row === undefined ? undefined : String(row['value']);
  }

  set(name: string, value: string): void {
    this.db
      .prepare('INSERT INTO state (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value')
      .run(name, value);
  }

  /** The names that begin with `prefix`. */
  names(prefix: string): readonly string[] {
    const rows = this.db.prepare('SELECT name FROM state WHERE substr(name, 1, ?) = ?').all(prefix.length, prefix);
    return rows.map((row) => String(row['name']));
  }

  delete(name: string): void {
    this.db.prepare('DELETE FROM state WHERE name = ?').run(name);
  }

  close(): void {
    this.db.close();
  }

  #checkFormat(folder: string): void {
    const format = Number(this.get('format') ?? FORMAT);
    if (format > FORMAT) {
      throw new CofferError(
        'configuration',
        `the data folder ${folder} was made by a newer version of Coffer (format ${format}; this version knows up to ` +
          `${FORMAT}); start that version, or choose another folder with COFFER_DATA_DIR`,
        { folder, format },
      );
    }
    this.set('format', String(FORMAT));
  }
}
