import pg from 'pg';
import type { ServerConnection } from '../connection.js';
import { serverHarness, type Administrator, type ServerHarness } from './server-harness.js';

const execute = async (connection: ServerConnection, ...statements: readonly string[]): Promise<void> => {
  const client = new pg.Client({
    host: connection.host,
    port: connection.port,
    database: connection.database,
    user: connection.username,
    password: connection.password.reveal(),
  });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
};

const administrator: Administrator = {
  create: (admin, { database, owner, forbiddenUser, password }) =>
    execute(
      admin,
      `CREATE ROLE ${owner} LOGIN PASSWORD '${password}'`,
      `CREATE ROLE ${forbiddenUser} LOGIN PASSWORD '${password}'`,
      // A locale of people, whose order is not that of code points.
      `CREATE DATABASE ${database} OWNER ${owner} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en'`,
    ),
  drop: (admin, { database, owner, forbiddenUser }) =>
    execute(admin, `DROP DATABASE ${database} WITH (FORCE)`, `DROP ROLE ${owner}`, `DROP ROLE ${forbiddenUser}`),
  execute,
  grantReading: ({ forbiddenUser }) => [`GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${forbiddenUser}`],
};

/** A database of its own on the server of `COFFER_TEST_POSTGRESQL_URL`. */
export const postgresqlHarness = (): ServerHarness =>
  serverHarness('jdbc-postgresql', 'COFFER_TEST_POSTGRESQL_URL', administrator);
