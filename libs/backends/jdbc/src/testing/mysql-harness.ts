import mysql2 from 'mysql2/promise';
import type { ServerConnection } from '../connection.js';
import { serverSubject, type Administrator, type ServerSubject } from './server-harness.js';

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
  create: (admin, { database, owner, stranger, password }) =>
    execute(
      admin,
      `CREATE DATABASE ${database} CHARACTER SET utf8mb4`,
      `CREATE USER ${owner}@'%' IDENTIFIED BY '${password}'`,
      `GRANT ALL ON ${database}.* TO ${owner}@'%'`,
      `CREATE USER ${stranger}@'%' IDENTIFIED BY '${password}'`,
      // Enough to enter the database, so that it is the table which is refused.
      `GRANT SHOW VIEW ON ${database}.* TO ${stranger}@'%'`,
    ),
  drop: (admin, { database, owner, stranger }) =>
    execute(admin, `DROP DATABASE ${database}`, `DROP USER ${owner}@'%'`, `DROP USER ${stranger}@'%'`),
  execute,
  grantReading: ({ database, stranger }) => [`GRANT SELECT ON ${database}.* TO ${stranger}@'%'`],
};

/** A database of its own on the server of `COFFER_TEST_MARIADB_URL`. */
export const mysqlSubject = (): ServerSubject => serverSubject('jdbc-mysql', 'COFFER_TEST_MARIADB_URL', administrator);
