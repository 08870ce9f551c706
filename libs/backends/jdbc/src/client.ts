import { DataSource } from 'typeorm';
import { CofferError } from '@coffer/secrets';
import type { Dialect, Parameter, Result } from './dialects/dialect.js';
import { raceDeadline } from './dialects/race.js';
import { MIGRATIONS, MIGRATIONS_TABLE, migrate } from './schema/migrate.js';

/** How long one attempt to connect and to bring the schema up may take. */
const CONNECT_TIMEOUT_MS = 15_000;

/**
 * The connection pool, made when it is first needed. A database that cannot be reached fails the call that needed it;
 * the next call tries again, so nothing has to be restarted when the database comes up.
 */
export class DatabaseClient {
  #source: DataSource | undefined;
  #opening: Promise<DataSource> | undefined;
  #closed = false;

  constructor(readonly dialect: Dialect) {}

  /** Throws what the driver throws, or our own errors; `dialect.toStatementFailure` makes one of both. */
  async run(sql: string, parameters: readonly Parameter[], signal: AbortSignal): Promise<Result> {
    const source = this.#source ?? (await this.#open(signal));
    if (this.#closed) throw this.#closedError();
    return this.dialect.run(source, sql, parameters, signal);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#opening?.catch(() => undefined);
    const source = this.#source;
    this.#source = undefined;
    if (source?.isInitialized === true) await source.destroy();
    await this.dialect.afterClose?.();
  }

  #open(signal: AbortSignal): Promise<DataSource> {
    if (this.#closed) throw this.#closedError();
    this.#opening ??= this.#attempt().finally(() => {
      this.#opening = undefined;
    });
    return raceDeadline(this.#opening, signal, this.dialect.store, () => undefined);
  }

  async #attempt(tls = this.dialect.tls): Promise<DataSource> {
    await this.dialect.beforeConnect?.();
    const source = new DataSource({
      ...this.dialect.options(tls),
      entities: [],
      migrations: MIGRATIONS,
      migrationsTableName: MIGRATIONS_TABLE,
      synchronize: false,
      logging: false,
    });
    const signal = AbortSignal.timeout(CONNECT_TIMEOUT_MS);
    try {
      const preparing = this.#prepare(source, signal);
      await raceDeadline(preparing, signal, this.dialect.store, () => undefined);
    } catch (thrown) {
      const { error, noTls } = this.dialect.toStatementFailure((await this.dialect.clarify?.(thrown)) ?? thrown);
      // Not awaited: what hangs would hang here as well. A pool that was never made throws, which is as good.
      void source.driver.disconnect().catch(() => undefined);
      if (noTls && tls === 'preferred') return this.#attempt('disabled');
      throw error;
    }
    this.#source = source;
    return source;
  }

  async #prepare(source: DataSource, signal: AbortSignal): Promise<void> {
    await source.initialize();
    await this.dialect.afterConnect?.(source, signal);
    await migrate(source, this.dialect, signal);
  }

  #closedError(): CofferError {
    const { store } = this.dialect;
    return new CofferError('unavailable', `${store}: the connection is closed`, { store });
  }
}
