import { join } from 'node:path';
// eslint-disable-next-line no-restricted-imports -- the bare driver is what Coffer is measured beside
import { DatabaseSync } from 'node:sqlite';
import { nextFence, type BareDatabase, type BareRow } from '../subjects/bare-database.js';

/**
 * A copy of the embedded database's file, beside it on the same disk, with the same durability, called in this very
 * process: no round trip at all, which is the hardest comparison there is.
 */
export const openBareSqlite = (file: string, folder: string): BareDatabase => {
  const copy = join(folder, 'bare.db');
  const original = new DatabaseSync(file, { readOnly: true });
  original.prepare('VACUUM INTO ?').run(copy);
  original.close();
  const database = new DatabaseSync(copy);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  const rows = database.prepare('SELECT id, value FROM coffer_secrets').all() as unknown as BareRow[];
  const highest = database.prepare('SELECT CAST(max(fence) AS TEXT) AS fence FROM coffer_secrets').get();
  const fence = nextFence(String(highest?.['fence']));
  const select = database.prepare(
    'SELECT CAST(fence AS TEXT) AS fence_text, value, description, tags FROM coffer_secrets WHERE id = ?',
  );
  const update = database.prepare(
    'UPDATE coffer_secrets SET value = ?, description = ?, tags = ?, fence = ? WHERE id = ? AND fence < ?',
  );
  return {
    rows,
    select: async ({ id }) => {
      if (select.get(id) === undefined) throw new Error('the row is not there');
    },
    update: async ({ id }, value) => {
      const mark = fence();
      if (Number(update.run(value, null, '{}', mark, id, mark).changes) !== 1) throw new Error('no row was changed');
    },
    close: async () => database.close(),
  };
};
