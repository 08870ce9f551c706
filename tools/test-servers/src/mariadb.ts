import { join } from 'node:path';
import { canInstall, installPackages } from './apt.ts';
import { jdbcAddress } from './jdbc-address.ts';
import { which } from './processes.ts';
import type { Server } from './lifecycle.ts';

const VARIABLE = 'COFFER_TEST_MARIADB_URL';
const USER = 'root';

/** With any other collation than a binary one the key `A` would find `a`. */
const TEXT = ['--character-set-server=utf8mb4', '--collation-server=utf8mb4_bin'];

const programs = () => ({
  server: which('mariadbd'),
  setup: which('mariadb-install-db'),
  // Called by the setup script, and in another package than it.
  defaults: which('my_print_defaults'),
});

/** Run by the server before it accepts a connection: exactly one account, with a password. One statement a line. */
const firstStatements = (password: string) => `DELETE FROM mysql.global_priv WHERE User IN ('', 'root') OR Host = '';
FLUSH PRIVILEGES;
CREATE USER ${USER}@'%' IDENTIFIED BY '${password}';
GRANT ALL PRIVILEGES ON *.* TO ${USER}@'%' WITH GRANT OPTION;
CREATE DATABASE coffer;
`;

export const mariadb: Server = {
  name: 'mariadb',
  variables: [VARIABLE, 'COFFER_TEST_JDBC_URL'],
  fromEnvironment: (env) => {
    const url = env[VARIABLE] || jdbcAddress(env, ['mysql', 'mariadb']);
    return url ? { [VARIABLE]: url } : undefined;
  },
  address: (port, password) => ({ [VARIABLE]: `mysql://${USER}:${password}@127.0.0.1:${port}/coffer` }),
  signals: { orderly: 'SIGTERM', abrupt: 'SIGKILL' },

  async ready(address) {
    const { createConnection } = await import('mysql2/promise');
    const connection = await createConnection({ uri: address[VARIABLE] ?? '', connectTimeout: 5_000 });
    try {
      await connection.query('SELECT 1');
    } finally {
      connection.destroy();
    }
  },

  docker: {
    image: 'mariadb:10.11.15',
    port: 3306,
    args: [...TEXT, '--skip-name-resolve'],
    environment: (password) => ({ MARIADB_ROOT_PASSWORD: password, MARIADB_DATABASE: 'coffer' }),
  },

  native: {
    accounts: ['mysql'],
    packages: 'mariadb-server',

    available() {
      const { server, setup, defaults } = programs();
      return server && setup && defaults ? { version: `MariaDB in ${server}` } : undefined;
    },

    async install(log) {
      if (!canInstall()) throw new Error('MariaDB is not installed here');
      // The core packages have the programs and, unlike mariadb-server, no service, account or data folder.
      await installPackages([['mariadb-server-core', 'mariadb-client-core'], ['mariadb-server']], log);
    },

    async start(dir, port, { password, as, place }) {
      const { server = '', setup = '' } = programs();
      const data = join(dir, 'data');
      const socket = join(dir, 'socket');
      const statements = await place('first.sql', firstStatements(password));
      await as(setup, [
        ...['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
        ...['--skip-name-resolve', ...TEXT],
      ]);
      const where = [`--datadir=${data}`, `--socket=${socket}`, `--pid-file=${join(dir, 'pid')}`, `--tmpdir=${dir}`];
      const network = ['--bind-address=127.0.0.1', `--port=${port}`, '--skip-name-resolve', '--max-connections=200'];
      return {
        command: server,
        args: ['--no-defaults', ...where, ...network, ...TEXT, '--skip-log-bin', `--init-file=${statements}`],
      };
    },
  },
};
