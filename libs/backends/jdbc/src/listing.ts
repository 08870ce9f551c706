import type { ListScope, SecretEntry } from '@coffer/backend-contract';
import { SecretPath } from '@coffer/secrets';
import type { Parameter, Row } from './dialects/dialect.js';
import { describedBy, textOf } from './layout.js';
import { PAGE, type Statements } from './statements.js';

/** One statement a page, in the order of namespace and key: a page begins behind the last entry of the one before. */
export async function* pagesOf(
  select: (sql: string, parameters: readonly Parameter[]) => Promise<readonly Row[]>,
  sql: Statements,
  prefix: string,
  { tenant, namespace: only }: ListScope,
): AsyncGenerator<readonly SecretEntry[]> {
  let [namespace, key] = [only ?? '', ''];
  for (;;) {
    const start = [prefix, tenant, namespace];
    const rows =
      only === undefined
        ? await select(sql.list, [...start, namespace, key])
        : await select(sql.listNamespace, [...start, key]);
    const entries = rows.map((row) => ({
      path: SecretPath.of(tenant, textOf(row, 'namespace'), textOf(row, 'secret_key')),
      ...describedBy(row),
    }));
    const last = entries.at(-1);
    if (last === undefined) return;
    yield entries;
    if (entries.length < PAGE) return;
    ({ namespace, key } = last.path);
  }
}
