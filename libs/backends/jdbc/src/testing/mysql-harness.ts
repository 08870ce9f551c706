import mysql2 from 'mysql2/promise';
import type { ServerConnection } from '../connection.js';
import { serverHarness, type Administrator, type ServerHarness } from './server-harness.js';

const execute = async (connection: ServerConnection, ...statements: readonly string[]): Promise<void> => {
  const client = await mysql2.createConnection({
    host: connection.host,
    port: connection.port,
    ...(connection.database === '' ? {} : { database: connection.database }),
    user: connection.username,
    password: connection.password.reveal(),
  });
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
      `CREATE DATABASE ${database} CHARACTER SET utf8mb4`,
      `CREATE USER ${owner}@'%' IDENTIFIED BY '${password}'`,
      `GRANT ALL ON ${database}.* TO ${owner}@'%'`,
      `CREATE USER ${forbiddenUser}@'%' IDENTIFIED BY '${password}'`,
      // Enough to enter the database, so that it is the table which is refused.
      `GRANT SHOW VIEW ON ${database}.* TO ${forbiddenUser}@'%'`,
    ),
  drop: (admin, { database, owner, forbiddenUser }) =>
    execute(admin, `DROP DATABASE ${database}`, `DROP USER ${owner}@'%'`, `DROP USER ${forbiddenUser}@'%'`),
  execute,
  grantReading: ({ database, forbiddenUser }) => [`GRANT SELECT ON ${database}.* TO ${forbiddenUser}@'%'`],
};

/** A database of its own on the server of `COFFER_TEST_MARIADB_URL`. */
export const mysqlHarness = (): ServerHarness => serverHarness('jdbc-mysql', 'COFFER_TEST_MARIADB_URL', administrator);
