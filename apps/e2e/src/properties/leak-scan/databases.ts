import { realpathSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import mysql2 from 'mysql2/promise';
import pg from 'pg';
import { filesBelow } from '../../leak-scan/files.js';

/** A database server behind Coffer's back: everything that it holds of one database, as it holds it. */
export interface DatabaseServer {
  /** Every column of every row of every table, by table. */
  rows(database: string): Promise<Map<string, Buffer[]>>;
  /** Its own files and log that were written since then; none where they lie on another machine. */
  files(since: number): Promise<string[]>;
  close(): Promise<void>;
}

type Query = (sql: string) => Promise<Record<string, unknown>[]>;

const addressOf = (variable: string): string => {
  const address = process.env[variable];
  if (address === undefined || address === '') throw new Error(`${variable} is not set`);
  return address;
};

const bytesOf = (column: unknown): Buffer =>
  Buffer.isBuffer(column)
    ? column
    : Buffer.from(typeof column === 'string' ? column : (JSON.stringify(column) ?? ''), 'utf8');

const rowsOf = async (query: Query, tables: string, quote: (name: string) => string) => {
  const rows = new Map<string, Buffer[]>();
  for (const table of await query(tables)) {
    const name = String(bytesOf(table['name']));
    const found = await query(`SELECT * FROM ${quote(name)}`);
    rows.set(
      name,
      found.flatMap((row) => Object.values(row).map(bytesOf)),
    );
  }
  return rows;
};

/** What the process writes its messages to, where that is a file of this machine. */
const logOf = (pid: string): string[] => {
  try {
    return [realpathSync(`/proc/${pid.trim()}/fd/2`)].filter(
      (file) => file.startsWith('/') && !file.startsWith('/dev'),
    );
  } catch {
    return [];
  }
};

const pidIn = (file: string): string => {
  try {
    return readFileSync(file, 'utf8').split('\n')[0] ?? '';
  } catch {
    return '';
  }
};

export const postgresqlServer = async (): Promise<DatabaseServer> => {
  const address = addressOf('COFFER_TEST_POSTGRESQL_URL');
  const open = async (database?: string): Promise<pg.Client> => {
    const url = new URL(address);
    if (database !== undefined) url.pathname = `/${database}`;
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    return client;
  };
  const server = await open();
  const queryOn =
    (client: pg.Client): Query =>
    async (sql) =>
      (await client.query<Record<string, unknown>>(sql)).rows;
  return {
    rows: async (database) => {
      const client = await open(database);
      try {
        const tables = "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'";
        return await rowsOf(queryOn(client), tables, (name) => client.escapeIdentifier(name));
      } finally {
        await client.end();
      }
    },
    files: async (since) => {
      await server.query('CHECKPOINT');
      const [row] = await queryOn(server)('SHOW data_directory');
      const folder = String(row?.['data_directory']);
      return [...filesBelow(folder, since), ...logOf(pidIn(join(folder, 'postmaster.pid')))];
    },
    close: () => server.end(),
  };
};

export const mariadbServer = async (): Promise<DatabaseServer> => {
  const server = await mysql2.createConnection({ uri: addressOf('COFFER_TEST_MARIADB_URL') });
  const query: Query = async (sql) => (await server.query<mysql2.RowDataPacket[]>(sql))[0];
  return {
    rows: async (database) => {
      await server.changeUser({ database });
      const tables = 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()';
      return rowsOf(query, tables, (name) => server.escapeId(name));
    },
    files: async (since) => {
      const [row] = await query('SELECT @@datadir AS folder, @@pid_file AS pid');
      return [...filesBelow(String(row?.['folder']), since), ...logOf(pidIn(String(row?.['pid'])))];
    },
    close: () => server.end(),
  };
};
