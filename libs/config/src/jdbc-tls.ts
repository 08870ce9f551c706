import { refuseUrl } from './jdbc-refusal.js';
import type { JdbcTls, NetworkJdbcUrl } from './jdbc-address.js';

type Params = ReadonlyMap<string, string>;

/** `sslmode` of pgJDBC: https://jdbc.postgresql.org/documentation/use/ */
const POSTGRESQL: Readonly<Record<string, JdbcTls>> = {
  disable: 'disabled',
  allow: 'preferred',
  prefer: 'preferred',
  require: 'required',
  'verify-ca': 'verify-ca',
  'verify-full': 'verify-full',
};
/** `sslMode` of Connector/J: https://dev.mysql.com/doc/connector-j/en/connector-j-connp-props-security.html */
const MYSQL: Readonly<Record<string, JdbcTls>> = {
  disabled: 'disabled',
  preferred: 'preferred',
  required: 'required',
  verify_ca: 'verify-ca',
  verify_identity: 'verify-full',
};
/** `sslMode` of MariaDB Connector/J: https://mariadb.com/docs/connectors/mariadb-connector-j/about-mariadb-connector-j */
const MARIADB: Readonly<Record<string, JdbcTls>> = {
  disable: 'disabled',
  trust: 'required',
  'verify-ca': 'verify-ca',
  'verify-full': 'verify-full',
};

const mode = (name: string, text: string, table: Readonly<Record<string, JdbcTls>>): JdbcTls => {
  const found = table[text.toLowerCase()];
  if (found === undefined) throw refuseUrl(`has an ${name} that must be one of ${Object.keys(table).join(', ')}`);
  return found;
};

const isTrue = (params: Params, name: string): boolean => params.get(name)?.toLowerCase() === 'true';

const postgresqlTls = (params: Params): JdbcTls => {
  const text = params.get('sslmode');
  if (text !== undefined) return mode('sslmode', text, POSTGRESQL);
  const ssl = params.get('ssl')?.toLowerCase();
  return ssl === 'true' || ssl === '' ? 'verify-full' : 'preferred';
};

/** `useSSL`, `requireSSL` and `verifyServerCertificate` are what `sslMode` replaced. */
const mysqlTls = (params: Params): JdbcTls => {
  const text = params.get('sslMode');
  if (text !== undefined) return mode('sslMode', text, MYSQL);
  if (params.get('useSSL')?.toLowerCase() === 'false') return 'disabled';
  if (isTrue(params, 'verifyServerCertificate')) return 'verify-ca';
  return isTrue(params, 'requireSSL') ? 'required' : 'preferred';
};

const mariadbTls = (params: Params): JdbcTls => {
  const text = params.get('sslMode');
  if (text !== undefined) return mode('sslMode', text, MARIADB);
  if (!isTrue(params, 'useSsl') && !isTrue(params, 'useSSL')) return 'disabled';
  return isTrue(params, 'trustServerCertificate') ? 'required' : 'verify-full';
};

export const tlsOf = (dialect: NetworkJdbcUrl['dialect'], params: Params): JdbcTls => {
  switch (dialect) {
    case 'postgresql':
      return postgresqlTls(params);
    case 'mysql':
      return mysqlTls(params);
    case 'mariadb':
      return mariadbTls(params);
  }
};
