import { propertyOf } from '@coffer/backend-contract';
import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { Dialect, Parameter, Result, Row } from './dialect.js';
import {} from '../errors.js';
import { ignore } from './pg-client.js';
import { assertInTime, raceDeadline } from './race.js';

/** What `pg.PoolClient` is used for here. */
interface Client {
  query(statement: {
    name?: string;
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

/** Every statement there is, by its text with `?`: a fixed dozen for each schema, since values are never part of one. */
const statements = new Map<string, Prepared>();

/**
 * Under its name each connection has the server parse and plan it once only, which saves a quarter of the round trip of a
 * read. The name tells the text, so that behind a pooler no process meets another statement under it.
 */
const prepared = (sql: string): Prepared => {
  const known = statements.get(sql);
  if (known !== undefined) return known;
  let count = 0;
  const text = sql.replace(/\?/g, () => `$${(count += 1)}`);
  const statement = { name: `coffer_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`, text };
  statements.set(sql, statement);
  return statement;
};

/**
 * What a pooler answers that gives each transaction another session and knows nothing of prepared statements, as PgBouncer
 * did before 1.21: there is no such statement in this session, or there is one already. Nothing was executed then.
 */
const FORGETS_STATEMENTS: ReadonlySet<unknown> = new Set(['26000', '42P05']);
/** Pools behind such a pooler: their statements go without a name. */
const nameless = new WeakSet<Pool>();

const poolOf = (source: DataSource): Pool => (source.driver as unknown as { master: Pool }).master;

type Run = (pool: Pool, sql: string, values: readonly Parameter[], signal: AbortSignal) => Promise<Result>;

const runOnce =
  (store: string): Run =>
  async (pool, sql, values, signal) => {
    assertInTime(signal, store);
    const connecting = pool.connect();
    const client = await raceDeadline(connecting, signal, store, () => {
      connecting.then((late) => late.release(), ignore);
    });
    const { name, text } = prepared(sql);
    let abandoned = false;
    try {
      const querying = client.query({ ...(nameless.has(pool) ? {} : { name }), text, values: [...values] });
      const { rows, rowCount } = await raceDeadline(querying, signal, store, () => {
        abandoned = true;
        client.release(true);
      });
      return { rows, affected: rowCount ?? 0 };
    } finally {
      if (!abandoned) client.release();
    }
  };

/** `Dialect.run` of whatever is spoken to by the `pg` package. */
export const runOnPool = (store: string): Dialect['run'] => {
  const once = runOnce(store);
  return async (source, sql, parameters, signal): Promise<Result> => {
    const pool = poolOf(source);
    const named = !nameless.has(pool);
    try {
      return await once(pool, sql, parameters, signal);
    } catch (thrown) {
      if (!named || !FORGETS_STATEMENTS.has(propertyOf(thrown, 'code'))) throw thrown;
      nameless.add(pool);
      return once(pool, sql, parameters, signal);
    }
  };
};
