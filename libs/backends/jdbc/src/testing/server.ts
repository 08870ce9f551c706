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
const PORTS: Readonly<Record<ServerConnection['dialect'], number>> = { postgresql: 5432, mysql: 3306, h2: 5435 };

/** A real server's administrator, from the environment. Throws a sentence where it is missing: no suite skips itself. */
export const administratorOf = (variable: string): ServerConnection => {
  const text = process.env[variable];
  if (text === undefined || text === '') {
    throw new Error(
      `${variable} is not set: run the tests by 'npm test', or start the server with 'npm run servers -- up'`,
    );
  }
  const url = new URL(text);
  const dialect = DIALECTS[url.protocol] ?? 'mysql';
  return {
    dialect,
    host: url.hostname,
    port: Number(url.port) || PORTS[dialect],
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
