import type { Datasource } from '@coffer/config';
import { SecretValue } from '@coffer/secrets';
import type { JdbcConnection } from './connection.js';
import { h2ConnectionOf } from './datasource-h2.js';

/** Throws `configuration` for a database that this version cannot use. */
export const jdbcConnectionOf = ({ url, username, password }: Datasource): JdbcConnection => {
  if (url.dialect === 'h2') {
    const given = { ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) };
    return h2ConnectionOf(url, given);
  }
  const dialect = url.dialect === 'mariadb' ? 'mysql' : url.dialect;
  const { mode, ...tlsFiles } = url.tls;
  return {
    dialect,
    host: url.host,
    port: url.port,
    database: url.database,
    username: username ?? url.username ?? '',
    password: password ?? url.password ?? new SecretValue(''),
    tls: mode,
    ...tlsFiles,
    ...(url.schema === undefined ? {} : { schema: url.schema }),
  };
};
