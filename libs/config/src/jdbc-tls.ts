import { SecretValue } from '@coffer/secrets';
import type { JdbcTls, JdbcTlsSettings, NetworkJdbcUrl } from './jdbc-address.js';
import type { JdbcParameters } from './jdbc-parameters.js';
import { refuseUrl } from './jdbc-refusal.js';

type Dialect = NetworkJdbcUrl['dialect'];

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
/** `sslMode` of MariaDB Connector/J, which takes MySQL's words too: https://mariadb.com/docs/connectors/mariadb-connector-j/about-mariadb-connector-j */
const MARIADB: Readonly<Record<string, JdbcTls>> = {
  disable: 'disabled',
  trust: 'required',
  'verify-ca': 'verify-ca',
  'verify-full': 'verify-full',
  disabled: 'disabled',
  required: 'required',
  verify_ca: 'verify-ca',
  verify_full: 'verify-full',
  verify_identity: 'verify-full',
};

/** From no protection to the most. */
const ORDER: readonly JdbcTls[] = ['disabled', 'preferred', 'required', 'verify-ca', 'verify-full'];
const isBelow = (tls: JdbcTls, other: JdbcTls): boolean => ORDER.indexOf(tls) < ORDER.indexOf(other);

const postgresqlTls = (parameters: JdbcParameters): JdbcTls => {
  const mode = parameters.takeOneOf('sslmode', POSTGRESQL);
  const ssl = parameters.takeBoolean('ssl');
  if (ssl === true && mode !== undefined && isBelow(mode, 'required')) {
    throw refuseUrl('has ssl=true beside an sslmode that does not require TLS: leave one of them out');
  }
  return mode ?? (ssl === true ? 'verify-full' : 'preferred');
};

/** `useSSL`, `requireSSL` and `verifyServerCertificate` are what `sslMode` replaced. */
const mysqlTls = (parameters: JdbcParameters): JdbcTls => {
  const mode = parameters.takeOneOf('sslMode', MYSQL);
  const use = parameters.takeBoolean('useSSL');
  const required = parameters.takeBoolean('requireSSL') === true;
  const verified = parameters.takeBoolean('verifyServerCertificate') === true;
  const asked: JdbcTls = verified ? 'verify-ca' : required ? 'required' : 'preferred';
  const given = mode ?? (use === false ? 'disabled' : asked);
  if (use === true && given === 'disabled') {
    throw refuseUrl('has useSSL=true and sslMode=DISABLED: leave one of them out');
  }
  if ((required || verified) && isBelow(given, asked)) {
    throw refuseUrl(
      'has requireSSL or verifyServerCertificate beside an sslMode or useSSL that gives less: leave one out',
    );
  }
  return given;
};

const mariadbTls = (parameters: JdbcParameters): JdbcTls => {
  const mode = parameters.takeOneOf('sslMode', MARIADB);
  const use = parameters.takeBoolean('useSsl');
  const trusting = parameters.takeBoolean('trustServerCertificate');
  const anyHost = parameters.takeBoolean('disableSslHostnameVerification');
  const asked: JdbcTls = trusting === true ? 'required' : anyHost === true ? 'verify-ca' : 'verify-full';
  const given = mode ?? (use === true ? asked : 'disabled');
  if (use === true && given === 'disabled')
    throw refuseUrl('has useSsl=true and sslMode=disable: leave one of them out');
  if (mode !== undefined && trusting === false && isBelow(mode, 'verify-ca')) {
    throw refuseUrl('has trustServerCertificate=false beside an sslMode that checks no certificate: leave one out');
  }
  if (mode !== undefined && anyHost === false && isBelow(mode, 'verify-full')) {
    throw refuseUrl('has disableSslHostnameVerification=false beside an sslMode that checks no name: leave one out');
  }
  return given;
};

const READERS: Readonly<Record<Dialect, (parameters: JdbcParameters) => JdbcTls>> = {
  postgresql: postgresqlTls,
  mysql: mysqlTls,
  mariadb: mariadbTls,
};
/** What is said to whoever gives an authority and asks for no check. */
const VERIFYING: Readonly<Record<Dialect, string>> = {
  postgresql: 'sslmode=verify-full',
  mysql: 'sslMode=VERIFY_IDENTITY',
  mariadb: 'sslMode=verify-full',
};

/** Throws `configuration` for parameters that ask for more protection than they would get. */
export const takeTls = (dialect: Dialect, parameters: JdbcParameters): JdbcTlsSettings => {
  const mode = READERS[dialect](parameters);
  const caName = dialect === 'postgresql' ? 'sslrootcert' : 'serverSslCert';
  const ca = parameters.take(caName);
  const cert = parameters.take('sslcert');
  const key = parameters.take('sslkey');
  const keyPassword = parameters.take('sslpassword');
  for (const [name, file] of Object.entries({ [caName]: ca, sslcert: cert, sslkey: key })) {
    if (file !== undefined && /^classpath:/i.test(file)) {
      throw refuseUrl(`has ${name} in a class path of Java, which Coffer has not: give a file in PEM`);
    }
  }
  if (ca !== undefined && isBelow(mode, 'verify-ca')) {
    throw refuseUrl(`has ${caName}, by which nothing is checked without ${VERIFYING[dialect]}`);
  }
  if ((cert === undefined) !== (key === undefined)) throw refuseUrl('must have both sslcert and sslkey, or neither');
  if (keyPassword !== undefined && key === undefined) throw refuseUrl('has sslpassword without sslkey');
  if (key !== undefined && isBelow(mode, 'required')) {
    throw refuseUrl(`has sslcert, which is shown to nobody unless TLS is required, as by ${VERIFYING[dialect]}`);
  }
  const retrieval = dialect === 'postgresql' ? undefined : parameters.takeBoolean('allowPublicKeyRetrieval');
  if (retrieval === false && isBelow(mode, 'required')) {
    throw refuseUrl('has allowPublicKeyRetrieval=false, which is kept only where TLS is required, as by sslMode');
  }
  return {
    mode,
    ...(ca === undefined ? {} : { caFile: ca }),
    ...(cert === undefined || key === undefined ? {} : { certFile: cert, keyFile: key }),
    ...(keyPassword === undefined ? {} : { keyPassword: new SecretValue(keyPassword) }),
  };
};
