import { SecretValue } from '@coffer/secrets';
import { parseAddress, refuseAddress } from './address.js';

const EXAMPLE = 'redis://host:6379 or rediss://USER:PASSWORD@host:6379/0';
const DEFAULT_PORT = 6_379;
/** Highest database number: the limit of Redis' own setting `databases`, which nobody raises so far. */
const MAX_DATABASE = 2 ** 31 - 1;

/** Where a Redis is, and as whom it is asked. */
export interface RedisAddress {
  /** An IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: SecretValue;
  /** Number of the database. */
  readonly database: number;
}

const databaseOf = (path: string): number => {
  const number = /^\/\d{1,10}$/.test(path) ? Number(path.slice(1)) : path === '' ? 0 : NaN;
  if (number <= MAX_DATABASE) return number;
  throw refuseAddress(
    `has a path that is not the number of a database; it must be an address such as ${EXAMPLE}, and in a user name or ` +
      'password / is written as %2F',
  );
};

/** `redis:` or, by TLS, `rediss:`. Throws `configuration`; the message quotes nothing. */
export const parseRedisAddress = (text: string): RedisAddress => {
  const { scheme, host, port, username, password, path } = parseAddress(text, {
    schemes: ['redis', 'rediss'],
    example: EXAMPLE,
    credentials: true,
    path: true,
  });
  if (username !== undefined && password === undefined) {
    throw refuseAddress(
      `names a user without a password, who would not be logged in; a password alone is written as redis://:PASSWORD@host`,
    );
  }
  return {
    host,
    port: port ?? DEFAULT_PORT,
    tls: scheme === 'rediss',
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: new SecretValue(password) }),
    database: databaseOf(path),
  };
};
