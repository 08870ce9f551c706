import type { Dialect } from './dialects/dialect.js';

/** The statements of one dialect. `?` stands for a parameter; fences travel as text. */
export interface Statements {
  readonly read: string;
  readonly state: string;
  readonly insert: string;
  readonly replace: string;
  /** Changes the columns named, in this order; with none it raises the fence alone. */
  readonly annotate: (description: boolean, tags: boolean) => string;
  readonly list: string;
  readonly listNamespace: string;
  /** Rows that hold a value, by their ids. */
  readonly sealedPage: string;
  /** Changes the value of the row of that fence, and nothing else. */
  readonly reseal: string;
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
  const fence = `CAST(fence AS ${castToText}) AS fence_text`;
  const above = `CAST(? AS ${castToFence})`;
  const annotate = (description: boolean, tags: boolean): string =>
    `UPDATE ${secrets} SET ${description ? 'description = ?, ' : ''}${tags ? 'tags = ?, ' : ''}fence = ${above} ` +
    `WHERE id = ? AND fence < ${above} AND ${value} IS NOT NULL`;
  const after = `${byCodePoints('secret_key')} > ${byCodePoints('?')}`;
  const page = (condition: string): string =>
    `SELECT namespace, secret_key, ${fence}, description, tags FROM ${secrets} ` +
    `WHERE prefix = ? AND tenant = ? AND ${condition} AND ${value} IS NOT NULL ` +
    `ORDER BY namespace, ${byCodePoints('secret_key')} LIMIT ${PAGE}`;
  return {
    read: `SELECT ${fence}, ${value}, description, tags FROM ${secrets} WHERE id = ?`,
    state:
      `SELECT ${fence}, CASE WHEN ${value} IS NULL THEN 'absent' ELSE 'present' END AS state, description, tags ` +
      `FROM ${secrets} WHERE id = ?`,
    insert:
      `INSERT INTO ${secrets} (${value}, description, tags, fence, id, prefix, tenant, namespace, secret_key) ` +
      `VALUES (?, ?, ?, ${above}, ?, ?, ?, ?, ?)`,
    replace:
      `UPDATE ${secrets} SET ${value} = ?, description = ?, tags = ?, fence = ${above} ` +
      `WHERE id = ? AND fence < ${above}`,
    annotate,
    list: page(`namespace >= ? AND (namespace > ? OR ${after})`),
    listNamespace: page(`namespace = ? AND ${after}`),
    sealedPage:
      `SELECT tenant, namespace, secret_key, ${value} FROM ${secrets} ` +
      `WHERE prefix = ? AND id > ? AND ${value} IS NOT NULL ORDER BY id LIMIT ${SEALED_PAGE}`,
    reseal: `UPDATE ${secrets} SET ${value} = ? WHERE id = ? AND fence = ${above} AND ${value} IS NOT NULL`,
    check: `SELECT id FROM ${secrets} WHERE 1 = 0`,
  };
};
