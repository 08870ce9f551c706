import type { JdbcConnection } from '@coffer/backend-jdbc';
import type { Datasource } from '@coffer/config';
import { CofferError, SecretValue } from '@coffer/secrets';

/** What the JDBC drivers call the file of trusted authorities. */
const CA_FILE = { postgresql: 'sslrootcert', mysql: 'serverSslCert' } as const;

/** Throws `configuration` for a database that this version cannot use. */
export const jdbcConnectionOf = ({ url, username, password }: Datasource): JdbcConnection => {
  if (url.dialect === 'h2') {
    throw new CofferError(
      'configuration',
      'jdbc:h2: is not in this version, which has jdbc:postgresql:, jdbc:mysql: and jdbc:mariadb:',
    );
  }
  const dialect = url.dialect === 'mariadb' ? 'mysql' : url.dialect;
  const caFile = url.params[CA_FILE[dialect]];
  const schema = url.params['currentSchema'];
  return {
    dialect,
    host: url.host,
    port: url.port,
    database: url.database,
    username: username ?? url.username ?? '',
    password: password ?? url.password ?? new SecretValue(''),
    tls: url.tls,
    ...(caFile === undefined ? {} : { caFile }),
    ...(schema === undefined || dialect !== 'postgresql' ? {} : { schema }),
  };
};
