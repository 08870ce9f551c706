import { mysqlHarness, postgresqlHarness } from '@coffer/backend-jdbc/testing';

/** As `tools/test-cluster` names them. */
export const CLUSTER_STORES = [
  ...(['jdbc-postgresql', 'jdbc-mysql', 'jdbc-h2', 'vault-kv2', 'elasticsearch'] as const),
  ...(['aws-secrets-manager', 'azure-key-vault', 'google-secret-manager'] as const),
];
export type ClusterStore = (typeof CLUSTER_STORES)[number];

const KINDS = {
  'jdbc-postgresql': { variable: 'COFFER_TEST_POSTGRESQL_URL', scheme: 'postgresql', subject: postgresqlHarness },
  'jdbc-mysql': { variable: 'COFFER_TEST_MARIADB_URL', scheme: 'mysql', subject: mysqlHarness },
} as const;

type DatabaseStore = keyof typeof KINDS;

export const isDatabase = (store: ClusterStore): store is DatabaseStore => store in KINDS;

export interface OwnDatabase {
  /** Variables that name the server to `tools/test-cluster`. */
  readonly env: Readonly<Record<string, string>>;
  /** As its owner. */
  execute(...statements: readonly string[]): Promise<void>;
  drop(): Promise<void>;
}

/** A database of its own on the server that the environment names. */
export const ownDatabase = async (store: DatabaseStore): Promise<OwnDatabase> => {
  const { variable, scheme, subject: open } = KINDS[store];
  const subject = open();
  const { host, port, database, username, password } = await subject.connection();
  const url = new URL(`${scheme}://${host}:${port}/${database}`);
  url.username = encodeURIComponent(username);
  url.password = encodeURIComponent(password.reveal());
  return {
    env: { [variable]: url.href },
    execute: (...statements) => subject.execute(...statements),
    drop: () => subject.close(),
  };
};
