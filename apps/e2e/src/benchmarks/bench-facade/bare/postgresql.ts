// eslint-disable-next-line no-restricted-imports -- the bare driver is what the facade is measured beside
import pg from 'pg';
import { postgresqlHarness } from '@coffer/backend-jdbc/testing';
import { put, type ReadPair } from '../read-pair.js';

/** The statement of Coffer's read, prepared once; Coffer's own table has one row. */
export const openPostgresql = async (): Promise<ReadPair> => {
  const subject = postgresqlHarness();
  const adapter = await subject.openWith({});
  await put(adapter);
  const { host, port, database, username, password } = await subject.connection();
  const client = new pg.Client({ host, port, database, user: username, password: password.reveal() });
  await client.connect();
  const { rows } = await client.query<{ id: Buffer }>('SELECT id FROM coffer_secrets');
  const values = [rows[0]?.id];
  const text = 'SELECT CAST(fence AS TEXT), value, description, tags FROM coffer_secrets WHERE id = $1';
  return {
    adapter,
    bare: () => client.query({ name: 'read', text, values }),
    close: async () => {
      await adapter.close();
      await client.end();
      await subject.close();
    },
  };
};
