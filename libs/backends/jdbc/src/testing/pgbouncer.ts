import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerConnection } from '../connection.js';
import { freePort } from '../h2/free-port.js';

const PROGRAMS = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer', '/usr/local/bin/pgbouncer'];
/** PgBouncer refuses to run as root. */
const NOBODY = 65_534;
const START_TIMEOUT_MS = 60_000;

export interface PgBouncer {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.setTimeout(1_000, () => socket.destroy());
  });

/**
 * A PgBouncer of its own on 127.0.0.1 that gives each transaction any of three sessions of the user of `connection`. Throws
 * a sentence where the program is missing: no suite skips itself.
 */
export const startPgBouncer = async (connection: ServerConnection): Promise<PgBouncer> => {
  const program = PROGRAMS.find((path) => existsSync(path));
  if (program === undefined) throw new Error('pgbouncer is not installed: apt-get install pgbouncer');
  const folder = mkdtempSync(join(tmpdir(), 'coffer-pgbouncer-'));
  const port = await freePort();
  const { host, port: upstream, database, username, password } = connection;
  const quoted = `'${password.reveal().replaceAll("'", "''")}'`;
  const file = join(folder, 'pgbouncer.ini');
  const settings = { listen_addr: '127.0.0.1', listen_port: port, unix_socket_dir: '', auth_type: 'any' };
  const pooling = { pool_mode: 'transaction', default_pool_size: 3, server_login_retry: 1 };
  const text = [
    '[databases]',
    `${database} = host=${host} port=${upstream} dbname=${database} user=${username} password=${quoted}`,
    '[pgbouncer]',
    ...Object.entries({ ...settings, ...pooling }).map(([name, value]) => `${name} = ${value}`),
  ];
  writeFileSync(file, `${text.join('\n')}\n`, { mode: 0o600 });
  const isRoot = process.getuid?.() === 0;
  if (isRoot) for (const path of [folder, file]) chownSync(path, NOBODY, NOBODY);
  const identity = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const child = spawn(program, [file], { cwd: folder, stdio: 'ignore', ...identity });
  const ended = once(child, 'exit');
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true });
  };
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await answers(port))) {
    if (child.exitCode === null && performance.now() < deadline) continue;
    await close();
    throw new Error('PgBouncer did not start');
  }
  return { host: '127.0.0.1', port, close };
};
