/** What Node's sockets and resolver report, whichever driver uses them. */
const SOCKETS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at its address: see the host and port, and whether it runs',
  ECONNRESET: 'it closed the connection',
  EPIPE: 'it closed the connection',
  ENOTFOUND: 'the name of its host is not known',
  EAI_AGAIN: 'the name of its host could not be looked up just now',
  EHOSTUNREACH: 'there is no way to its host',
  ENETUNREACH: 'there is no way to its host',
  ETIMEDOUT: 'its host does not answer: see firewalls in between',
};

const UNTRUSTED =
  'its certificate is not of an authority that is trusted: name one by sslrootcert (MySQL: serverSslCert)';

/** What Node says of the certificate of a server: https://nodejs.org/docs/latest-v24.x/api/tls.html#x509-certificate-error-codes */
const CERTIFICATES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: see the clocks of both machines',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host: name that one in the address',
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
};

/** What a server may say of a client's certificate, as OpenSSL calls it. */
const ALERT = /^ERR_SSL_.*ALERT_(.*_)?(CERTIFICATE|CA|ACCESS_DENIED)(_|$)/;

/** Whether the server refused the certificate of its client, or asked for one in vain. */
export const refusesCertificate = (code: string): boolean => ALERT.test(code);

const alertWords = (code: string): string | undefined => {
  if (!refusesCertificate(code)) return undefined;
  const why = code.endsWith('EXPIRED') ? 'has expired' : code.endsWith('REQUIRED') ? 'is missing' : 'is not accepted';
  return `the certificate of sslcert ${why}`;
};

/** SQLSTATEs of PostgreSQL, by whole codes or their classes: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const SQLSTATES: Readonly<Record<string, string>> = {
  '0A': 'it lacks a feature, or the table changed below a prepared statement: see its version and its log',
  '08': 'the connection failed',
  '22': 'a value does not fit its column',
  '23': 'a rule that somebody put on the table refuses the row: remove the rule',
  '25': 'a transaction was left open or is read-only: where a pooler is between, see how it pools',
  '25006': 'it is a standby, or its transactions are read-only: name the primary',
  '26': 'a prepared statement is gone: where a pooler is between, let it keep them (max_prepared_statements of PgBouncer)',
  '28': 'see the username, the password and pg_hba.conf, and sslcert where that asks for a certificate',
  '28P01': 'see the username and the password',
  '3D000': 'there is no database of that name: make it, or mend the name in the address',
  '3F000': 'there is no schema of that name: make it, or mend currentSchema in the address',
  '40': 'another transaction was in the way',
  '42': 'the table is not as Coffer made it: restore its columns, or the table',
  '42501': 'its user lacks a right; the documentation of the store names those it needs',
  '42P01': 'the table is missing: restore it, or start Coffer anew, which makes an empty one',
  '42P05':
    'a prepared statement is there twice: where a pooler is between, let it keep them (max_prepared_statements of PgBouncer)',
  '53': 'it is short of resources',
  '53100': 'its disk is full',
  '53200': 'it is out of memory',
  '53300': 'it has no connection left: raise max_connections, or run fewer processes',
  '54': 'a value is too large for it',
  '55': 'it is not in a state to do this',
  '55000': 'it takes no connections just now: ALTER DATABASE … ALLOW_CONNECTIONS true, where that was turned off',
  '55P03': 'a lock was not to be had in time',
  '57': 'its operator intervened',
  '57014': 'the statement was cancelled',
  '57P01': 'it ends connections, for a restart or by an administrator',
  '57P02': 'it crashed, and recovers',
  '57P03': 'it is starting up or shutting down',
  '58': 'its operating system reports an error: see the log of the server',
  P0: 'a trigger or a function that somebody put on the table refuses this: remove it',
  XX: 'it reports an error of its own: see the log of the server',
  XX001: 'see the log of the server, and restore it from a backup',
  XX002: 'see the log of the server, and rebuild its indexes',
  '90': 'H2 reports an error: see its documentation for the code',
};

/** MySQL's and MariaDB's: https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html */
const MYSQL: Readonly<Record<string, string>> = {
  1021: 'its disk is full',
  1040: 'it has no connection left: raise max_connections, or run fewer processes',
  1044: 'its user may not use the database: grant the rights that the documentation of the store names',
  1037: 'it is out of memory',
  1038: 'it is out of memory: raise sort_buffer_size',
  1041: 'it is out of memory',
  1045: 'see the username and the password, from which hosts the user may log in, and sslcert where it must show a certificate',
  1049: 'there is no database of that name: make it, or mend the name in the address',
  1054: 'the table is not as Coffer made it: restore its columns, or the table',
  1053: 'it is shutting down',
  1105: 'it reports an error without a kind: see the log of the server',
  1114: 'its table, or its disk, is full',
  1129: 'it blocks this host after failed connections: run FLUSH HOSTS, and raise max_connect_errors',
  1130: 'the user may not log in from this host: see the host of the account',
  1142: 'its user lacks a right on the table; the documentation of the store names those it needs',
  1143: 'its user lacks a right on a column; the documentation of the store names those it needs',
  1146: 'the table is missing: restore it, or start Coffer anew, which makes an empty one',
  1153: 'raise max_allowed_packet',
  1203: 'the user has no connection left: raise max_user_connections, or run fewer processes',
  1205: 'a lock was not to be had in time',
  1213: 'another transaction was in the way',
  1226: 'the user has used up a limit of the account',
  1227: 'its user lacks a right; the documentation of the store names those it needs',
  1251: 'the account needs a kind of log-in that the driver does not speak: give it a password of another plugin',
  1264: 'a number does not fit its column',
  1243: 'a prepared statement is gone: a pooler between must not share connections of a session',
  1290: 'it runs with --read-only: name the primary',
  1317: 'the statement was cancelled',
  1366: 'a text does not fit the character set of its column',
  1461: 'it has no prepared statement left: raise max_prepared_stmt_count',
  1406: 'a value is too long for its column',
  1410: 'its user lacks the right to grant',
  1698: 'the user logs in by a socket or a plugin: give it a password',
  1792: 'the transaction is read-only: name the primary',
  1820: 'the password must be changed: change it, and set it here',
  1836: 'it is read-only: name the primary',
  1862: 'the password has expired: change it, and set it here',
  1927: 'it ended the connection: an administrator, or a limit of time',
  1969: 'the statement took longer than max_statement_time',
  3024: 'the statement took longer than max_execution_time',
  3159: 'it takes connections by TLS alone: set sslMode in the address',
  3118: 'the account is locked: unlock it',
  4031: 'it ended the connection for being idle: raise wait_timeout',
  4151: 'the account is locked: unlock it',
};

/** What is left to say of a code of the database itself. */
const IN_LOG = 'see the log of the server';

/** What a driver's identifier means, and what to do; `undefined` for one that no database sends and of which nothing is known. */
export const wordsOf = (code: string): string | undefined =>
  SOCKETS[code] ??
  CERTIFICATES[code] ??
  alertWords(code) ??
  MYSQL[code] ??
  SQLSTATES[code] ??
  (/^[0-9A-Z]{5}$/.test(code) ? (SQLSTATES[code.slice(0, 2)] ?? IN_LOG) : /^\d{4}$/.test(code) ? IN_LOG : undefined);
