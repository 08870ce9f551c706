import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SecretValue } from '@coffer/secrets';
import mysql2 from 'mysql2/promise';
import { programOf, startPrivateServer, type Place } from './private-server.js';
import { freshPassword } from './server.js';
import { serverCertificates, type TlsServer } from './tls-server.js';

const PACKAGE = 'mariadb-server';
const USER = 'coffer';
const DATABASE = 'coffer';
const STATEMENTS = 'first.sql';
const TEXT = ['--character-set-server=utf8mb4', '--collation-server=utf8mb4_bin'];

/** Without a log-in: the first packet of the server says enough. */
const answers = ({ folder }: Place): Promise<boolean> =>
  mysql2.createConnection({ socketPath: join(folder, 'socket'), user: 'probe' }).then(
    (connection) => connection.end().then(() => true),
    (error: { readonly errno?: number }) => error.errno !== undefined && error.errno > 0,
  );

/** A MariaDB with a user that `REQUIRE`s `X509` as well as its password: the certificate may name anybody. */
export const startTlsMariadb = async (): Promise<TlsServer> => {
  const server = programOf('mariadbd', PACKAGE);
  const install = programOf('mariadb-install-db', PACKAGE);
  const password = new SecretValue(freshPassword());
  const running = await startPrivateServer({
    name: 'MariaDB',
    prepare: ({ folder }) => {
      const statements = [
        `CREATE DATABASE ${DATABASE}`,
        `CREATE USER ${USER}@'%' IDENTIFIED BY '${password.reveal()}' REQUIRE X509`,
        `GRANT ALL ON ${DATABASE}.* TO ${USER}@'%'`,
      ];
      writeFileSync(join(folder, STATEMENTS), statements.map((statement) => `${statement};\n`).join(''));
      return serverCertificates(folder);
    },
    setup: ({ folder }) => ({
      program: install,
      args: ['--no-defaults', `--datadir=${join(folder, 'data')}`, '--skip-test-db', '--skip-name-resolve', ...TEXT],
    }),
    command: ({ folder, port }, { authority, own }) => ({
      program: server,
      args: [
        ...['--no-defaults', `--datadir=${join(folder, 'data')}`, `--socket=${join(folder, 'socket')}`],
        ...[
          `--pid-file=${join(folder, 'pid')}`,
          `--tmpdir=${folder}`,
          '--bind-address=127.0.0.1,127.0.0.2',
          `--port=${port}`,
        ],
        ...['--skip-name-resolve', '--skip-log-bin', ...TEXT, `--init-file=${join(folder, STATEMENTS)}`],
        ...[`--ssl-ca=${authority.caFile}`, `--ssl-cert=${own.certFile}`, `--ssl-key=${own.keyFile}`],
      ],
    }),
    answers,
  });
  const { authority } = running.prepared;
  return {
    ...running,
    authority,
    connection: {
      ...{ dialect: 'mysql', host: 'localhost', port: running.port, database: DATABASE, username: USER },
      ...{ password, tls: 'verify-full', caFile: authority.caFile },
    },
  };
};
