import { CofferError, type SecretValue } from '@coffer/secrets';
import { z } from 'zod';
import type { JdbcUrl } from '../jdbc-address.js';
import { parseJdbcUrl } from '../jdbc-url.js';
import { canonicalKey, showKey, showPath, type Step } from '../key-case.js';
import type { LoadContext } from '../load-context.js';
import { at, isTree, merge, treeAt } from '../tree.js';
import { secretText, text } from './scalars.js';

const fields = {
  url: text.optional().describe('The JDBC address: jdbc:postgresql:, jdbc:mysql:, jdbc:mariadb: or jdbc:h2:.'),
  username: text.optional().describe('Wins over a user in the address.'),
  password: secretText.optional().meta({
    description: 'Wins over a password in the address. Empty means none; a file of H2 needs one.',
    empty: 'absent',
  }),
};

/** One of Micronaut's `datasources`, of which Coffer needs a part. */
export const kestraDatasource = z.looseObject(fields);
export const cofferDatasource = z.strictObject(fields);

/** Those of Micronaut's `datasources` that Kestra can use. */
export const KESTRA_DATASOURCES = ['postgres', 'mysql', 'h2'] as const;

const BY_URL = 'is not read: name the address by url';
const IN_THE_DATABASE = 'is not read: set it in the database, by ALTER ROLE … SET or ALTER DATABASE … SET';

/**
 * Settings of Micronaut's pool that decide where the secrets lie, as whom they are reached, or how safe that is, as
 * `canonicalKey` gives them. All others matter to the pool alone.
 */
const UNREAD: ReadonlyMap<string, string> = new Map([
  ['jdbcurl', BY_URL],
  ['datasourceclassname', BY_URL],
  ['datasourcejndi', BY_URL],
  ['datasourceproperties', 'is not read: write its properties as parameters of the url'],
  ['credentialsproviderclassname', 'is not read: Coffer logs in by username and password'],
  ['connectioninitsql', IN_THE_DATABASE],
  ['schema', 'is not read: name it by currentSchema in the url'],
  ['catalog', 'is not read: name the database in the url'],
]);

/** Adds a problem for each setting that must not be ignored. */
const refuseUnread = (path: readonly Step[], { tree, errors }: LoadContext): void => {
  for (const name of Object.keys(treeAt(tree, path) ?? {})) {
    const reason = UNREAD.get(canonicalKey(name));
    if (reason !== undefined) errors.add([...path, showKey(name)], reason);
  }
};

const NO_H2_PASSWORD =
  'is missing: every process of this machine reaches the server that Coffer starts on a file of H2. Set it, and give a file ' +
  'that exists its password first: ALTER USER SA SET PASSWORD … in H2’s shell (java -cp H2_JAR org.h2.tools.Shell)';

export interface Datasource {
  readonly url: JdbcUrl;
  readonly username?: string;
  readonly password?: SecretValue;
}

/**
 * Where Kestra has its database: the only datasource, or, of several, the one that `kestra.repository.type`, else
 * `kestra.queue.type`, names.
 */
const kestrasOwn = (context: LoadContext): readonly Step[] | undefined => {
  const { tree, errors } = context;
  const given = KESTRA_DATASOURCES.filter((name) => at(tree, ['datasources', name, 'url']) !== undefined);
  const named = at(tree, ['kestra', 'repository', 'type']) ?? at(tree, ['kestra', 'queue', 'type']);
  const chosen = given.length === 1 ? given[0] : given.find((name) => name === named);
  if (chosen === undefined && given.length > 1) {
    errors.add('datasources', `has ${given.join(' and ')}: say by coffer.datasource.url which of them is Coffer's`);
  }
  for (const name of chosen === undefined ? KESTRA_DATASOURCES : [chosen]) refuseUnread(['datasources', name], context);
  return chosen === undefined ? undefined : ['datasources', chosen];
};

/** `coffer.datasource` over Kestra's own, whose credentials are not used for another URL; `undefined` without any. */
export const resolveDatasource = (context: LoadContext): Datasource | undefined => {
  const own = at(context.tree, ['coffer', 'datasource']);
  const kestras = own === undefined || (isTree(own) && own['url'] === undefined) ? kestrasOwn(context) : undefined;
  if (kestras === undefined)
    return own === undefined ? undefined : readDatasource(own, ['coffer', 'datasource'], context);
  const known = Object.entries(treeAt(context.tree, kestras) ?? {}).filter(([name]) => Object.hasOwn(fields, name));
  return readDatasource(merge(Object.fromEntries(known), own), kestras, context);
};

/** Adds a problem and gives `undefined` for what is no datasource. */
export const readDatasource = (
  value: unknown,
  path: readonly Step[],
  { errors, warnings }: LoadContext,
): Datasource | undefined => {
  const settings = errors.check(cofferDatasource, value, path);
  if (settings === undefined) return undefined;
  if (settings.url === undefined) {
    errors.add([...path, 'url'], 'is missing');
    return undefined;
  }
  try {
    const url = parseJdbcUrl(settings.url);
    if (url.unused.length > 0) {
      warnings.push(`${showPath([...path, 'url'])} has parameters that change nothing here: ${url.unused.join(', ')}`);
    }
    const username = settings.username ?? url.username;
    const password = settings.password ?? url.password;
    if (url.dialect === 'h2' && url.mode === 'file' && (password?.reveal() ?? '').trim() === '') {
      errors.add([...path, 'password'], NO_H2_PASSWORD);
      return undefined;
    }
    return {
      url,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
    };
  } catch (error) {
    if (!CofferError.is(error, 'configuration')) throw error;
    errors.add([...path, 'url'], error.message);
    return undefined;
  }
};
