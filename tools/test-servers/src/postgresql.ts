import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { canInstall, installPackages } from './apt.ts';
import { jdbcAddress } from './jdbc-address.ts';
import { which } from './processes.ts';
import type { Server } from './lifecycle.ts';

const VARIABLE = 'COFFER_TEST_POSTGRESQL_URL';
const USER = 'coffer';

/** The image otherwise sorts by en_US, the native cluster by code points. */
const SAME_TEXT = { POSTGRES_INITDB_ARGS: '--encoding=UTF8 --no-locale' };

/** Where Debian keeps its versions side by side, none of them in PATH. */
const DEBIAN_VERSIONS = '/usr/lib/postgresql';

/** Returns the folder with `initdb` and `postgres`: version 15 before newer ones before PATH. */
function programs(): string | undefined {
  const versions = readdirOrNone(DEBIAN_VERSIONS)
    .filter((version) => Number(version) >= 13)
    .sort((a, b) => Number(b === '15') - Number(a === '15') || Number(b) - Number(a));
  const folders = versions.map((version) => join(DEBIAN_VERSIONS, version, 'bin'));
  return (
    folders.find((folder) => readdirOrNone(folder).includes('initdb')) ?? which('initdb')?.replace(/\/initdb$/, '')
  );
}

function readdirOrNone(folder: string) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

export const postgresql: Server = {
  name: 'postgresql',
  variables: [VARIABLE, 'COFFER_TEST_JDBC_URL'],
  fromEnvironment: (env) => {
    const url = env[VARIABLE] || jdbcAddress(env, ['postgresql']);
    return url ? { [VARIABLE]: url } : undefined;
  },
  address: (port, password) => ({ [VARIABLE]: `postgresql://${USER}:${password}@127.0.0.1:${port}/coffer` }),
  // Fast shutdown does not wait for clients; immediate shutdown leaves no shared memory behind.
  signals: { orderly: 'SIGINT', abrupt: 'SIGQUIT' },

  async ready(address) {
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: address[VARIABLE], connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('SELECT 1');
    } finally {
      await client.end().catch(() => undefined);
    }
  },

  docker: {
    image: 'postgres:15.18',
    port: 5432,
    args: ['-c', 'max_connections=200'],
    environment: (password) => ({
      POSTGRES_USER: USER,
      POSTGRES_PASSWORD: password,
      POSTGRES_DB: 'coffer',
      ...SAME_TEXT,
    }),
  },

  native: {
    accounts: ['postgres'],
    packages: 'postgresql-15 and pgbouncer',

    available() {
      const folder = programs();
      // Tests put a pooler in front of it, which is installed with it where that is possible.
      const complete = which('pgbouncer') !== undefined || !canInstall();
      return folder === undefined || !complete ? undefined : { version: `PostgreSQL in ${folder}` };
    },

    async install(log) {
      if (!canInstall()) throw new Error('PostgreSQL is not installed here');
      const server = programs() === undefined ? [['postgresql-15'], ['postgresql']] : [[]];
      await installPackages(
        server.map((names) => [...names, 'pgbouncer']),
        log,
      );
    },

    async start(dir, port, { password, as, place }) {
      const bin = programs() as string;
      const data = join(dir, 'data');
      const secret = await place('password', `${password}\n`);
      await as(join(bin, 'initdb'), [
        ...['--pgdata', data, '--username', USER, '--pwfile', secret, '--auth', 'scram-sha-256'],
        ...['--encoding', 'UTF8', '--no-locale', '--no-sync'],
      ]);
      // The database of the address is made by the server's single-user mode: no moment without a password.
      await as('sh', [
        '-c',
        `echo 'CREATE DATABASE coffer' | "$0" --single -D "$1" postgres`,
        join(bin, 'postgres'),
        data,
      ]);
      const settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: dir, max_connections: 200 };
      const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
      return { command: join(bin, 'postgres'), args: ['-D', data, ...flags] };
    },
  },
};
