import type { Dialect } from './dialects/dialect.js';

/** The statements of one dialect. `?` stands for a parameter; fences travel as text. */
export interface Statements {
  readonly read: string;
  readonly state: string;
  readonly insert: string;
  /** Changes the row where its fence is still that one. */
  readonly replace: string;
  /** The same for the columns named, in this order; with none it raises the fence alone. */
  readonly annotate: (description: boolean, tags: boolean) => string;
  readonly list: string;
  readonly listNamespace: string;
  /** Rows that hold a value, by their ids. */
  readonly sealedPage: string;
  /** Changes the value of the row of that fence, and nothing else. */
  readonly reseal: string;
  /** Names every column, so that a table that is not as Coffer made it fails it. */
  readonly check: string;
}

/** Rows with their values in one page: at the largest value, 25 MiB. */
const SEALED_PAGE = 50;

/** Entries in one page of a list. */
export const PAGE = 500;

export const SECRETS_TABLE = 'coffer_secrets';

export const statementsFor = (dialect: Dialect): Statements => {
  const { castToText, castToFence, valueColumn: value, byCodePoints } = dialect;
  const secrets = dialect.table(SECRETS_TABLE);
  const state = `CAST(fence AS ${castToText}) AS fence_text, revision, changed`;
  const number = `CAST(? AS ${castToFence})`;
  const annotate = (description: boolean, tags: boolean): string =>
    `UPDATE ${secrets} SET ${description ? 'description = ?, ' : ''}${tags ? 'tags = ?, ' : ''}` +
    `changed = ${number}, fence = ${number} WHERE id = ? AND fence = ${number}`;
  const after = `${byCodePoints('secret_key')} > ${byCodePoints('?')}`;
  const page = (condition: string): string =>
    `SELECT namespace, secret_key, ${state}, description, tags FROM ${secrets} ` +
    `WHERE prefix = ? AND tenant = ? AND ${condition} AND ${value} IS NOT NULL ` +
    `ORDER BY namespace, ${byCodePoints('secret_key')} LIMIT ${PAGE}`;
  return {
    read: `SELECT ${state}, ${value}, description, tags FROM ${secrets} WHERE id = ?`,
    state:
      `SELECT ${state}, CASE WHEN ${value} IS NULL THEN 'absent' ELSE 'present' END AS state, description, tags ` +
      `FROM ${secrets} WHERE id = ?`,
    insert:
      `INSERT INTO ${secrets} ` +
      `(${value}, description, tags, changed, fence, revision, id, prefix, tenant, namespace, secret_key) ` +
      `VALUES (?, ?, ?, ${number}, ${number}, ${number}, ?, ?, ?, ?, ?)`,
    replace:
      `UPDATE ${secrets} SET ${value} = ?, description = ?, tags = ?, ` +
      `changed = ${number}, fence = ${number}, revision = ${number} WHERE id = ? AND fence = ${number}`,
    annotate,
    list: page(`namespace >= ? AND (namespace > ? OR ${after})`),
    listNamespace: page(`namespace = ? AND ${after}`),
    sealedPage:
      `SELECT tenant, namespace, secret_key, ${value} FROM ${secrets} ` +
      `WHERE prefix = ? AND id > ? AND ${value} IS NOT NULL ORDER BY id LIMIT ${SEALED_PAGE}`,
    reseal: `UPDATE ${secrets} SET ${value} = ? WHERE id = ? AND fence = ${number} AND ${value} IS NOT NULL`,
    check: `SELECT id, prefix, tenant, namespace, secret_key, ${state}, ${value}, description, tags FROM ${secrets} WHERE 1 = 0`,
  };
};
