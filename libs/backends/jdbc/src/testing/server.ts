import { randomBytes } from 'node:crypto';
import type { ServerConnection } from '../connection.js';
import { SecretValue } from '@coffer/secrets';

/** A real server's administrator, from the environment. Throws a sentence where it is missing: no suite skips itself. */
export const administratorOf = (variable: string): ServerConnection => {
  const text = process.env[variable];
  if (text === undefined || text === '') {
    throw new Error(
      `${variable} is not set: run the tests by 'npm test', or start the server with 'npm run servers -- up'`,
    );
  }
  const url = new URL(text);
  return {
    dialect: url.protocol === 'postgresql:' ? 'postgresql' : 'mysql',
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
