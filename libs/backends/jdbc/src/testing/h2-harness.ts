import { SecretValue } from '@coffer/secrets';
import type { ServerConnection } from '../connection.js';
import { H2Client } from '../h2/h2-client.js';
import { serverSubject, type Administrator, type Estate, type ServerSubject } from './server-harness.js';

/** Milliseconds, for a login and for a statement: without them a server that does not answer is waited for forever. */
const [LOGIN_PATIENCE, PATIENCE] = [5_000, 20_000];
const LOGINS = 5;

interface Client {
  connect(done: (error?: Error) => void): void;
  query(text: string): Promise<void>;
  end(): Promise<void>;
}

const logIn = async (connection: ServerConnection, left = LOGINS): Promise<Client> => {
  const client = new H2Client({
    host: connection.host,
    port: connection.port,
    database: connection.database,
    user: connection.username,
    password: connection.password.reveal(),
    connectionTimeoutMillis: LOGIN_PATIENCE,
    query_timeout: PATIENCE,
  }) as unknown as Client;
  try {
    await new Promise<void>((resolve, reject) => client.connect((error) => (error ? reject(error) : resolve())));
    return client;
  } catch (error) {
    void client.end().catch(() => undefined);
    if (left <= 1) throw error;
    return logIn(connection, left - 1);
  }
};

const execute = async (connection: ServerConnection, ...statements: readonly string[]): Promise<void> => {
  const client = await logIn(connection);
  try {
    for (const statement of statements) await client.query(statement);
    await client.end();
  } catch (error) {
    // Not awaited: what hangs would hang here as well.
    void client.end().catch(() => undefined);
    throw error;
  }
};

const asOwner = (admin: ServerConnection, { database, owner, password }: Estate): ServerConnection => ({
  ...admin,
  database,
  username: owner,
  password: new SecretValue(password),
});

/**
 * A server makes no database for whoever asks for one. Its own process makes one that it opens itself, beside the
 * database of the administrator, for which linking the schema of another database is a way that needs no more than SQL.
 */
const makeDatabase = ({ database, owner, password }: Estate): readonly string[] => {
  const url = `CONCAT('jdbc:h2:', REGEXP_REPLACE(DATABASE_PATH(), '[^/]*$', ''), '${database}')`;
  return [
    `SELECT * FROM LINK_SCHEMA('${database}', 'org.h2.Driver', ${url}, '${owner}', '${password}', 'PUBLIC')`,
    `DROP SCHEMA IF EXISTS ${database} CASCADE`,
  ];
};

const administrator: Administrator = {
  create: async (admin, estate) => {
    await execute(admin, ...makeDatabase(estate));
    await execute(asOwner(admin, estate), `CREATE USER ${estate.stranger} PASSWORD '${estate.password}'`);
  },
  drop: (admin, estate) => execute(asOwner(admin, estate), 'DROP ALL OBJECTS DELETE FILES'),
  execute,
  ownerGrants: true,
  grantReading: ({ stranger }) => [
    `GRANT SELECT ON coffer_secrets TO ${stranger}`,
    `GRANT SELECT ON coffer_migrations TO ${stranger}`,
  ],
};

/** A database of its own on the H2 server of `COFFER_TEST_H2_URL`. */
export const h2Subject = (): ServerSubject => serverSubject('jdbc-h2', 'COFFER_TEST_H2_URL', administrator);
