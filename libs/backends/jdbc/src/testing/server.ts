import { randomBytes } from 'node:crypto';
import type { ServerConnection } from '../connection.js';
import { SecretValue } from '@coffer/secrets';

/** By the scheme of an address, JDBC's or our own. */
const DIALECTS: Readonly<Record<string, ServerConnection['dialect']>> = {
  'postgresql:': 'postgresql',
  'mysql:': 'mysql',
  'mariadb:': 'mysql',
  'h2:': 'h2',
};
const SERVED: Readonly<Record<string, ServerConnection['dialect']>> = {
  COFFER_TEST_POSTGRESQL_URL: 'postgresql',
  COFFER_TEST_MARIADB_URL: 'mysql',
};
const JDBC = 'COFFER_TEST_JDBC_URL';

/** `COFFER_TEST_JDBC_URL` in the form of the other variables, where it names a server of that kind. */
const jdbcAddress = (variable: string): string | undefined => {
  const text = process.env[JDBC];
  if (text === undefined || text === '') return undefined;
  const url = new URL(text.replace(/^jdbc:/, ''));
  if (DIALECTS[url.protocol] !== SERVED[variable]) return undefined;
  url.username = encodeURIComponent(url.searchParams.get('user') ?? '');
  url.password = encodeURIComponent(url.searchParams.get('password') ?? '');
  return url.href;
};

/** A real server's administrator, from the environment. Throws a sentence where it is missing: no suite skips itself. */
export const administratorOf = (variable: string): ServerConnection => {
  const text = jdbcAddress(variable) ?? process.env[variable];
  if (text === undefined || text === '') {
    throw new Error(
      `${variable} is not set: run the tests by 'npm test', or start the server with 'npm run servers -- up'`,
    );
  }
  const url = new URL(text);
  return {
    dialect: DIALECTS[url.protocol] ?? 'mysql',
    host: url.hostname,
    port: Number(url.port),
    database: decodeURIComponent(url.pathname.slice(1)),
    username: decodeURIComponent(url.username),
    password: new SecretValue(decodeURIComponent(url.password)),
    tls: 'preferred',
  };
};

/** A name that no other run uses, for a database and its users. */
export const freshName = (): string => `coffer_test_${randomBytes(6).toString('hex')}`;

/** Characters that a careless adapter would have to quote; seen in an error, it is a leak. */
export const freshPassword = (): string => `pa"ss w@rd/${randomBytes(9).toString('hex')}`;
