// eslint-disable-next-line no-restricted-imports -- the bare driver is what Coffer is measured beside
import pg from 'pg';
import { nextFence, type BareDatabase, type BareRow } from '../subjects/bare-database.js';

/**
 * A copy of Coffer's table in the same database. Statements are prepared once for each connection; lanes share none.
 * Durability is the server's own, for both.
 */
export const openBarePostgresql = async (options: pg.ClientConfig, lanes: number): Promise<BareDatabase> => {
  const clients = Array.from({ length: lanes }, () => new pg.Client(options));
  await Promise.all(clients.map((client) => client.connect()));
  const of = (lane: number): pg.Client => clients[lane] as pg.Client;
  await of(0).query('CREATE TABLE bare_secrets (LIKE coffer_secrets INCLUDING ALL)');
  await of(0).query('INSERT INTO bare_secrets SELECT * FROM coffer_secrets');
  const { rows } = await of(0).query<BareRow>('SELECT id, value FROM bare_secrets');
  const highest = await of(0).query<{ fence: string }>('SELECT max(fence)::text AS fence FROM bare_secrets');
  const fence = nextFence(String(highest.rows[0]?.fence));
  return {
    rows,
    select: async ({ id }, lane) => {
      const { rowCount } = await of(lane).query({
        name: 'select',
        text: 'SELECT fence::text, value, description, tags FROM bare_secrets WHERE id = $1',
        values: [id],
      });
      if (rowCount !== 1) throw new Error('the row is not there');
    },
    update: async ({ id }, value, lane) => {
      const { rowCount } = await of(lane).query({
        name: 'update',
        text:
          'UPDATE bare_secrets SET value = $1, description = NULL, tags = $2, fence = $3::bigint ' +
          'WHERE id = $4 AND fence < $3::bigint',
        values: [value, '{}', String(fence()), id],
      });
      if (rowCount !== 1) throw new Error('no row was changed');
    },
    close: async () => {
      await Promise.all(clients.map((client) => client.end()));
    },
  };
};
