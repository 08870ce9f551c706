import type { DataSource } from 'typeorm';
import type { Dialect, Result, Row } from './dialect.js';
import { ignore } from './pg-client.js';
import { assertInTime, withinCall } from './race.js';

/** What `pg.PoolClient` is used for here. */
interface Client {
  query(statement: {
    name: string;
    text: string;
    values: unknown[];
  }): Promise<{ rows: Row[]; rowCount: number | null }>;
  release(destroy?: boolean): void;
}
interface Pool {
  connect(): Promise<Client>;
}

interface Prepared {
  readonly name: string;
  readonly text: string;
}

/** Every statement there is, by its text with `?`: a fixed dozen, since values are never part of one. */
const statements = new Map<string, Prepared>();

/**
 * Under its name each connection has the server parse and plan it once only, which saves a quarter of the round trip of a
 * read. A connection pooler in between has to know of prepared statements, as PgBouncer does from 1.21 on.
 */
const prepared = (sql: string): Prepared => {
  const known = statements.get(sql);
  if (known !== undefined) return known;
  let count = 0;
  const text = sql.replace(/\?/g, () => `$${(count += 1)}`);
  const statement = { name: `coffer_${statements.size}`, text };
  statements.set(sql, statement);
  return statement;
};

const poolOf = (source: DataSource): Pool => (source.driver as unknown as { master: Pool }).master;

/** `Dialect.run` of whatever is spoken to by the `pg` package. */
export const runOnPool =
  (store: string): Dialect['run'] =>
  async (source, sql, parameters, signal): Promise<Result> => {
    assertInTime(signal, store);
    const connecting = poolOf(source).connect();
    const client = await withinCall(connecting, signal, store, () => {
      connecting.then((late) => late.release(), ignore);
    });
    let abandoned = false;
    try {
      const querying = client.query({ ...prepared(sql), values: [...parameters] });
      const { rows, rowCount } = await withinCall(querying, signal, store, () => {
        abandoned = true;
        client.release(true);
      });
      return { rows, affected: rowCount ?? 0 };
    } finally {
      if (!abandoned) client.release();
    }
  };
