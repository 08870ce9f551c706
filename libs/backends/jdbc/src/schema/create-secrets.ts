import type { DataSourceOptions, MigrationInterface, QueryRunner } from 'typeorm';
import { isH2 } from '../h2/h2-client.js';

/**
 * PostgreSQL: collation "C" orders by bytes of UTF-8, which is the order of code points; sealed values do not compress.
 * H2: texts are counted and compared in UTF-16 units, so a list casts; names in lower case, as its server makes them.
 * MySQL: VARBINARY, because even `utf8mb4_bin` takes `a` and `a ` for one when it compares.
 */
const H2 = [
  `CREATE TABLE IF NOT EXISTS coffer_secrets (
     id VARBINARY(32) NOT NULL PRIMARY KEY,
     prefix VARCHAR(256) NOT NULL,
     tenant VARCHAR(256) NOT NULL,
     namespace VARCHAR(256) NOT NULL,
     secret_key VARCHAR(512) NOT NULL,
     fence BIGINT NOT NULL,
     revision BIGINT NOT NULL,
     changed BIGINT,
     "value" VARBINARY(1048576),
     description VARCHAR(1048576),
     tags VARCHAR(1048576) NOT NULL
   )`,
  'CREATE INDEX IF NOT EXISTS coffer_secrets_order ON coffer_secrets (prefix, tenant, namespace, secret_key)',
];

const postgresql = (secrets: string): readonly string[] => [
  `CREATE TABLE ${secrets} (
       id BYTEA NOT NULL PRIMARY KEY,
       prefix TEXT COLLATE "C" NOT NULL,
       tenant TEXT COLLATE "C" NOT NULL,
       namespace TEXT COLLATE "C" NOT NULL,
       secret_key TEXT COLLATE "C" NOT NULL,
       fence BIGINT NOT NULL,
       revision BIGINT NOT NULL,
       changed BIGINT,
       value BYTEA,
       description TEXT,
       tags TEXT NOT NULL
     )`,
  `ALTER TABLE ${secrets} ALTER COLUMN value SET STORAGE EXTERNAL`,
  `CREATE INDEX coffer_secrets_order ON ${secrets} (prefix, tenant, namespace, secret_key)`,
];

const STATEMENTS: Readonly<Record<string, readonly string[]>> = {
  mysql: [
    `CREATE TABLE IF NOT EXISTS coffer_secrets (
       id BINARY(32) NOT NULL PRIMARY KEY,
       prefix VARBINARY(512) NOT NULL,
       tenant VARBINARY(256) NOT NULL,
       namespace VARBINARY(256) NOT NULL,
       secret_key VARBINARY(1024) NOT NULL,
       fence BIGINT NOT NULL,
       revision BIGINT NOT NULL,
       changed BIGINT,
       value MEDIUMBLOB,
       description MEDIUMTEXT,
       tags MEDIUMTEXT NOT NULL,
       INDEX coffer_secrets_order (prefix, tenant, namespace, secret_key)
     ) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
  ],
  'better-sqlite3': [
    `CREATE TABLE coffer_secrets (
       id BLOB NOT NULL PRIMARY KEY,
       prefix TEXT NOT NULL,
       tenant TEXT NOT NULL,
       namespace TEXT NOT NULL,
       secret_key TEXT NOT NULL,
       fence INTEGER NOT NULL,
       revision INTEGER NOT NULL,
       changed INTEGER,
       value BLOB,
       description TEXT,
       tags TEXT NOT NULL
     ) STRICT`,
    'CREATE INDEX coffer_secrets_order ON coffer_secrets (prefix, tenant, namespace, secret_key)',
  ],
};

/** The table, in the schema where one is configured. */
const secretsOf = (schema: string | undefined): string =>
  schema === undefined ? 'coffer_secrets' : `"${schema}".coffer_secrets`;

const statementsOf = (options: DataSourceOptions): readonly string[] => {
  if (isH2(options)) return H2;
  if (options.type === 'postgres') return postgresql(secretsOf(options.schema));
  const statements = STATEMENTS[options.type];
  if (statements === undefined) throw new Error('no such dialect');
  return statements;
};

/**
 * A row per path; `value` is NULL in the tombstone of a deleted one, which keeps the fence of the delete. `revision` counts puts
 * and deletes; `changed` is when the latest change was accepted, in milliseconds since the Unix epoch.
 */
export class CreateSecrets1796000000000 implements MigrationInterface {
  readonly name = 'CreateSecrets1796000000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statementsOf(runner.dataSource.options)) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    const { options } = runner.dataSource;
    await runner.query(`DROP TABLE ${options.type === 'postgres' ? secretsOf(options.schema) : 'coffer_secrets'}`);
  }
}
