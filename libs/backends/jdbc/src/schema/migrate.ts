import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { CofferError } from '@coffer/secrets';
import type { Dialect } from '../dialects/dialect.js';
import { withMissingRight } from '../errors.js';
import { CreateSecrets1796000000000 } from './create-secrets.js';

export const MIGRATIONS = [CreateSecrets1796000000000];
export const MIGRATIONS_TABLE = 'coffer_migrations';

/** Time between looks at whether the process that changes the schema has finished. */
const POLL_INTERVAL_MS = 50;

const applied = async (source: DataSource, dialect: Dialect, signal: AbortSignal): Promise<Set<string>> => {
  try {
    const { rows } = await dialect.run(source, `SELECT name FROM ${dialect.table(MIGRATIONS_TABLE)}`, [], signal);
    return new Set(rows.map((row) => String(row['name'])));
  } catch (thrown) {
    const failure = dialect.toStatementFailure(thrown);
    if (failure.missingTable) return new Set();
    if (failure.error.code !== 'denied') throw thrown;
    throw withMissingRight(failure, dialect, 'SELECT', dialect.table(MIGRATIONS_TABLE)).error;
  }
};

const isUpToDate = async (source: DataSource, dialect: Dialect, signal: AbortSignal): Promise<boolean> => {
  const names = await applied(source, dialect, signal);
  const known = MIGRATIONS.map((migration) => migration.name);
  const unknown = [...names].filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new CofferError(
      'configuration',
      `${dialect.store}: the database was last used by a newer version of Coffer, whose change ` +
        `'${unknown[0]}' this version does not know; start that version or a later one`,
      { migration: unknown[0] ?? '' },
    );
  }
  return known.every((name) => names.has(name));
};

const change = async (source: DataSource, dialect: Dialect): Promise<void> => {
  try {
    await source.runMigrations({ transaction: 'all' });
  } catch (thrown) {
    const failure = dialect.toStatementFailure(thrown);
    if (failure.error.code !== 'denied') throw thrown;
    throw withMissingRight(failure, dialect, 'CREATE', dialect.table(MIGRATIONS_TABLE)).error;
  }
};

/**
 * Brings the schema up to this version. One process of several does it, the others wait until it has. Nothing is
 * written, and no right to write is needed, where the schema is up to date.
 */
export const migrate = async (source: DataSource, dialect: Dialect, signal: AbortSignal): Promise<void> => {
  while (!(await isUpToDate(source, dialect, signal))) {
    const unlock = await dialect.lockSchema(source);
    if (unlock === undefined) {
      await delay(POLL_INTERVAL_MS, undefined, { signal });
      continue;
    }
    try {
      // The lock may have been free because another process has just finished.
      if (!(await isUpToDate(source, dialect, signal))) await change(source, dialect);
    } finally {
      await unlock();
    }
  }
};
