import { randomBytes } from 'node:crypto';
import { mysqlHarness, postgresqlHarness } from '@coffer/backend-jdbc/testing';
import { stringify } from 'yaml';

export type StoreName = 'embedded' | 'postgresql' | 'mariadb';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A database of its own for a process of Coffer. */
export interface TestStore {
  /** Configuration in Kestra's keys, `undefined` where none is needed; `via` instead of the server's own address. */
  config(via?: Address): string | undefined;
  /** Address of the server; `undefined` for the embedded database. */
  readonly address: Address | undefined;
  /** As the database's owner. */
  execute(...statements: readonly string[]): Promise<void>;
  /** Drops the database. */
  drop(): Promise<void>;
}

const server = async (kind: 'postgresql' | 'mariadb'): Promise<TestStore> => {
  const subject = kind === 'postgresql' ? postgresqlHarness() : mysqlHarness();
  const { host, port, database, username, password } = await subject.connection();
  const secret = randomBytes(24).toString('base64');
  return {
    address: { host, port },
    config: (via = { host, port }) =>
      stringify({
        kestra: { secret: { type: 'jdbc', jdbc: { secret } } },
        datasources: {
          [kind === 'postgresql' ? 'postgres' : 'mysql']: {
            url: `jdbc:${kind}://${via.host}:${via.port}/${database}`,
            username,
            password: password.reveal(),
          },
        },
      }),
    execute: (...statements) => subject.execute(...statements),
    drop: () => subject.close(),
  };
};

const embedded: TestStore = {
  address: undefined,
  config: () => undefined,
  execute: () => Promise.reject(new Error('the embedded database belongs to its process alone')),
  drop: () => Promise.resolve(),
};

/**
 * The servers are those of `COFFER_TEST_POSTGRESQL_URL` and `COFFER_TEST_MARIADB_URL`; rejects with a sentence where the
 * variable is not set.
 */
export const testStore = async (name: StoreName): Promise<TestStore> => (name === 'embedded' ? embedded : server(name));
