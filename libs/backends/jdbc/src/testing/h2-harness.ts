import { SecretValue } from '@coffer/secrets';
import type { ServerConnection } from '../connection.js';
import { H2Client } from '../h2/h2-client.js';
import { serverHarness, type Administrator, type Accounts, type ServerHarness } from './server-harness.js';

/** Without them a server that does not answer is waited for forever. */
const [LOGIN_TIMEOUT_MS, STATEMENT_TIMEOUT_MS] = [5_000, 20_000];
const MAX_LOGINS = 5;

interface Client {
  connect(done: (error?: Error) => void): void;
  query(text: string): Promise<void>;
  end(): Promise<void>;
}

const logIn = async (connection: ServerConnection, left = MAX_LOGINS): Promise<Client> => {
  const client = new H2Client({
    host: connection.host,
    port: connection.port,
    database: connection.database,
    user: connection.username,
    password: connection.password.reveal(),
    connectionTimeoutMillis: LOGIN_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
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

const asOwner = (admin: ServerConnection, { database, owner, password }: Accounts): ServerConnection => ({
  ...admin,
  database,
  username: owner,
  password: new SecretValue(password),
});

/**
 * A server makes no database for whoever asks for one. Its own process makes one that it opens itself, beside the
 * database of the administrator, for which linking the schema of another database is a way that needs no more than SQL.
 */
const makeDatabase = ({ database, owner, password }: Accounts): readonly string[] => {
  const url = `CONCAT('jdbc:h2:', REGEXP_REPLACE(DATABASE_PATH(), '[^/]*$', ''), '${database}')`;
  return [
    `SELECT * FROM LINK_SCHEMA('${database}', 'org.h2.Driver', ${url}, '${owner}', '${password}', 'PUBLIC')`,
    `DROP SCHEMA IF EXISTS ${database} CASCADE`,
  ];
};

const administrator: Administrator = {
  create: async (admin, accounts) => {
    await execute(admin, ...makeDatabase(accounts));
    await execute(asOwner(admin, accounts), `CREATE USER ${accounts.forbiddenUser} PASSWORD '${accounts.password}'`);
  },
  drop: (admin, accounts) => execute(asOwner(admin, accounts), 'DROP ALL OBJECTS DELETE FILES'),
  execute,
  ownerGrants: true,
  grantReading: ({ forbiddenUser }) => [
    `GRANT SELECT ON coffer_secrets TO ${forbiddenUser}`,
    `GRANT SELECT ON coffer_migrations TO ${forbiddenUser}`,
  ],
};

/** A database of its own on the H2 server of `COFFER_TEST_H2_URL`. */
export const h2Harness = (): ServerHarness => serverHarness('jdbc-h2', 'COFFER_TEST_H2_URL', administrator);
