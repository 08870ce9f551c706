import { DatabaseSync } from 'node:sqlite';
import type { LogEntry } from '@coffer/coherence';
import { UNDELIVERED_MAX_BYTES, bytesOfUndelivered, type CommitEntry, type UndeliveredEvent } from '@coffer/messaging';
import { CofferError, parseFence, type MutationKind } from '@coffer/secrets';

const TABLES = `
  CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, partition INTEGER NOT NULL, fence TEXT NOT NULL,
    path TEXT NOT NULL, kind TEXT NOT NULL, operation TEXT NOT NULL, sealed BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS intents (
    partition INTEGER NOT NULL, fence TEXT NOT NULL, path TEXT NOT NULL, operation TEXT NOT NULL,
    PRIMARY KEY (partition, fence)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS positions (webhook TEXT PRIMARY KEY, next INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS undelivered (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, webhook TEXT NOT NULL, path TEXT,
    body TEXT NOT NULL, reason TEXT NOT NULL, attempts INTEGER NOT NULL, time INTEGER NOT NULL)`;

/** Beside its texts. */
const ROW_BYTES = 60;
const BYTES_OF_EVENTS = `SELECT coalesce(sum(${ROW_BYTES} + length(path) + length(operation) + length(sealed)), 0) AS bytes FROM events`;

type Row = Readonly<Record<string, unknown>>;

const commitEntryOf = (row: Row): CommitEntry => ({
  shard: 0,
  offset: BigInt(row['seq'] as number),
  timestamp: row['time'] as number,
  record: {
    type: 'COMMIT',
    partition: row['partition'] as number,
    owner: 0n,
    path: String(row['path']),
    fence: parseFence(String(row['fence'])),
    operation: String(row['operation']),
    kind: row['kind'] as MutationKind,
    fingerprint: '',
    outcome: 'applied',
    sealed: row['sealed'] as Uint8Array,
  },
});

const undeliveredOf = (row: Row): UndeliveredEvent => ({
  id: String(row['id']),
  webhook: String(row['webhook']),
  ...(typeof row['path'] === 'string' ? { path: row['path'] } : {}),
  body: String(row['body']),
  reason: String(row['reason']),
  attempts: row['attempts'] as number,
  time: row['time'] as number,
});

/**
 * The events that webhooks have still to get, in a database of the data folder. Every change outlives the process as
 * soon as the call returns; a crash of the whole machine can take the latest ones.
 */
export class OutboxDatabase {
  #bytes: number;
  #undeliveredBytes: number;
  #evictions = 0;
  readonly #prepared = new Map<string, ReturnType<DatabaseSync['prepare']>>();

  private constructor(
    private readonly db: DatabaseSync,
    private readonly maxBytes: number,
  ) {
    this.#bytes = Number(this.#run(BYTES_OF_EVENTS).get()?.['bytes']);
    this.#undeliveredBytes = this.undelivered().reduce((sum, event) => sum + bytesOfUndelivered(event), 0);
  }

  /** Throws `configuration` when it cannot be opened. */
  static open(file: string, maxBytes: number): OutboxDatabase {
    let db: DatabaseSync | undefined;
    try {
      db = new DatabaseSync(file);
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
      db.exec(TABLES);
      return new OutboxDatabase(db, maxBytes);
    } catch (error) {
      db?.close();
      const code = String((error as { errcode?: unknown }).errcode);
      throw new CofferError(
        'configuration',
        `${file} cannot be opened (SQLite error ${code}): see that the data folder can be written and its disk has room, or ` +
          'move the file away, which loses the events that no webhook was told of yet',
      );
    }
  }

  get memory() {
    return { bytes: this.#bytes, limitBytes: this.maxBytes, evictions: this.#evictions };
  }

  get undeliveredMemory() {
    return { bytes: this.#undeliveredBytes, limitBytes: UNDELIVERED_MAX_BYTES };
  }

  /** A write is about to reach the store. */
  intend({ record }: LogEntry): void {
    if (record.type !== 'PREPARE') return;
    const { partition, fence, path, operation } = record;
    this.#run('INSERT OR IGNORE INTO intents VALUES (?, ?, ?, ?)').run(partition, String(fence), path, operation);
  }

  /** A write is over; one that took effect becomes an event. */
  end({ record, timestamp }: LogEntry): void {
    if (record.type !== 'COMMIT' && record.type !== 'ABORT') return;
    const { partition, fence } = record;
    this.db.exec('BEGIN');
    try {
      this.#run('DELETE FROM intents WHERE partition = ? AND fence = ?').run(partition, String(fence));
      if (record.type === 'COMMIT' && record.outcome === 'applied' && record.kind !== 'drop') {
        const { path, kind, operation, sealed } = record;
        this.#insert(timestamp, partition, String(fence), path, kind, operation, sealed);
      }
      this.db.exec('COMMIT');
    } catch (error) {
      this.db.exec('ROLLBACK');
      throw error;
    }
  }

  /** Writes that an earlier process began and whose end nobody knows: they may have taken effect, so they become events. */
  recover(time: number): void {
    for (const row of this.#run('SELECT * FROM intents ORDER BY CAST(fence AS INTEGER)').all() as Row[]) {
      const [partition, fence] = [row['partition'] as number, String(row['fence'])];
      this.#insert(time, partition, fence, String(row['path']), 'put', String(row['operation']), new Uint8Array());
    }
    this.db.exec('DELETE FROM intents');
  }

  /** Events from a place on, the oldest first. */
  read(next: bigint, limit: number): readonly CommitEntry[] {
    const rows = this.#run('SELECT * FROM events WHERE seq >= ? ORDER BY seq LIMIT ?').all(Number(next), limit);
    return (rows as Row[]).map(commitEntryOf);
  }

  /** The place of the oldest event that is kept; `undefined` where there is none. */
  get oldest(): bigint | undefined {
    const seq = this.#run('SELECT min(seq) AS seq FROM events').get()?.['seq'];
    return seq == null ? undefined : BigInt(Number(seq));
  }

  /** The place of the next event to deliver; for a new webhook that of the next one to come. */
  position(webhook: string): bigint {
    const known = this.#run('SELECT next FROM positions WHERE webhook = ?').get(webhook)?.['next'];
    if (known !== undefined) return BigInt(known as number);
    const last = this.#run("SELECT seq FROM sqlite_sequence WHERE name = 'events'").get()?.['seq'] ?? 0;
    const next = BigInt(last as number) + 1n;
    this.setPosition(webhook, next);
    return next;
  }

  setPosition(webhook: string, next: bigint): void {
    this.#run('INSERT OR REPLACE INTO positions VALUES (?, ?)').run(webhook, Number(next));
  }

  /** Forgets the positions of other webhooks. */
  retain(webhooks: readonly string[]): void {
    for (const { webhook } of this.#run('SELECT webhook FROM positions').all()) {
      if (!webhooks.includes(String(webhook)))
        this.#run('DELETE FROM positions WHERE webhook = ?').run(String(webhook));
    }
  }

  /** Forgets the events that every webhook has got. */
  trim(): void {
    const done = this.#run('DELETE FROM events WHERE seq < (SELECT min(next) FROM positions)').run();
    if (Number(done.changes) > 0) this.#bytes = Number(this.#run(BYTES_OF_EVENTS).get()?.['bytes']);
  }

  add(event: UndeliveredEvent): void {
    const { id, webhook, path = null, body, reason, attempts, time } = event;
    const { changes } = this.#run(
      'INSERT OR IGNORE INTO undelivered (id, webhook, path, body, reason, attempts, time) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ).run(id, webhook, path, body, reason, attempts, time);
    if (Number(changes) > 0) this.#undeliveredBytes += bytesOfUndelivered(event);
  }

  undelivered(limit = -1): readonly UndeliveredEvent[] {
    return (this.#run('SELECT * FROM undelivered ORDER BY number LIMIT ?').all(limit) as Row[]).map(undeliveredOf);
  }

  discard(id: string): void {
    const row = this.#run('SELECT * FROM undelivered WHERE id = ?').get(id);
    if (row === undefined) return;
    this.#run('DELETE FROM undelivered WHERE id = ?').run(id);
    this.#undeliveredBytes -= bytesOfUndelivered(undeliveredOf(row));
  }

  close(): void {
    this.db.close();
  }

  #insert(
    time: number,
    partition: number,
    fence: string,
    path: string,
    kind: MutationKind,
    operation: string,
    sealed: Uint8Array,
  ): void {
    this.#run(
      'INSERT INTO events (time, partition, fence, path, kind, operation, sealed) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ).run(time, partition, fence, path, kind, operation, sealed);
    this.#bytes += ROW_BYTES + path.length + operation.length + sealed.length;
    if (this.#bytes > this.maxBytes) this.#evict();
  }

  /** A tenth, so that this is not done for each event. */
  #evict(): void {
    const oldest = Number(this.oldest ?? 0n);
    const { count } = this.#run('SELECT count(*) AS count FROM events').get() as { count: number };
    const { changes } = this.#run('DELETE FROM events WHERE seq < ?').run(oldest + Math.ceil(count / 10));
    this.#evictions += Number(changes);
    this.#bytes = Number(this.#run(BYTES_OF_EVENTS).get()?.['bytes']);
  }

  #run(sql: string): ReturnType<DatabaseSync['prepare']> {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) this.#prepared.set(sql, (statement = this.db.prepare(sql)));
    return statement;
  }
}
