import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { ServerConnection } from '../connection.js';
import { programOf, startPrivateServer, type PrivateServer } from './private-server.js';

const FILE = 'pgbouncer.ini';

const answers = ({ port }: { readonly port: number }): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const answer = (is: boolean) => () => {
      resolve(is);
      socket.destroy();
    };
    socket.once('connect', answer(true));
    socket.once('error', answer(false));
    socket.setTimeout(1_000, answer(false));
  });

/** A PgBouncer of its own on 127.0.0.1 that gives each transaction any of three sessions of the user of `connection`. */
export const startPgBouncer = (connection: ServerConnection): Promise<PrivateServer> => {
  const program = programOf('pgbouncer', 'pgbouncer');
  const { host, port: upstream, database, username, password } = connection;
  const quoted = `'${password.reveal().replaceAll("'", "''")}'`;
  return startPrivateServer({
    name: 'PgBouncer',
    prepare: ({ folder, port }) => {
      const settings = { listen_addr: '127.0.0.1', listen_port: port, unix_socket_dir: '', auth_type: 'any' };
      const pooling = { pool_mode: 'transaction', default_pool_size: 3, server_login_retry: 1 };
      const text = [
        '[databases]',
        `${database} = host=${host} port=${upstream} dbname=${database} user=${username} password=${quoted}`,
        '[pgbouncer]',
        ...Object.entries({ ...settings, ...pooling }).map(([name, value]) => `${name} = ${value}`),
      ];
      writeFileSync(join(folder, FILE), `${text.join('\n')}\n`, { mode: 0o600 });
    },
    command: ({ folder }) => ({ program, args: [join(folder, FILE)] }),
    answers,
  });
};
