import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretValue } from '@coffer/secrets';
import pg from 'pg';
import type { ServerConnection } from '../connection.js';
import { freePort } from '../h2/free-port.js';
import { Authority } from './certificates.js';
import { freshPassword } from './server.js';

const VERSIONS = '/usr/lib/postgresql';
/** PostgreSQL refuses to run as root. */
const NOBODY = 65_534;
const START_TIMEOUT_MS = 90_000;
const USER = 'coffer';

export interface TlsPostgresql {
  /** By a name that the server's certificate has, without certificates of the client's own. */
  readonly connection: ServerConnection;
  /** Which the server trusts, and which signed its certificate. */
  readonly authority: Authority;
  /** Holds the files of certificates; goes with the server. */
  readonly folder: string;
  close(): Promise<void>;
}

const programs = (): string => {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS).sort() : [];
  const folder = versions
    .map((version) => join(VERSIONS, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'initdb')));
  if (folder === undefined) throw new Error('PostgreSQL is not installed: apt-get install postgresql');
  return folder;
};

/**
 * A PostgreSQL of its own on localhost that lets in whoever shows, by TLS, a certificate of its authority that names the
 * user. Its own certificate names `localhost`, and not the address 127.0.0.1.
 */
export const startTlsPostgresql = async (): Promise<TlsPostgresql> => {
  const bin = programs();
  const folder = mkdtempSync(join(tmpdir(), 'coffer-tls-postgresql-'));
  const data = join(folder, 'data');
  const authority = new Authority(folder, 'authority');
  const own = authority.issue('server', { alternative: 'DNS:localhost' });
  const rules = join(folder, 'pg_hba.conf');
  writeFileSync(rules, `hostssl all all all cert clientcert=verify-full\nlocal all all trust\n`);
  const isRoot = process.getuid?.() === 0;
  const identity = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  chmodSync(own.keyFile, 0o600);
  if (isRoot) for (const name of ['.', ...readdirSync(folder)]) chownSync(join(folder, name), NOBODY, NOBODY);
  const setup = [
    '--pgdata',
    data,
    '--username',
    USER,
    '--auth',
    'trust',
    '--encoding',
    'UTF8',
    '--no-locale',
    '--no-sync',
  ];
  execFileSync(join(bin, 'initdb'), setup, { cwd: folder, stdio: 'pipe', ...identity });
  const port = await freePort();
  const settings = {
    ...{ listen_addresses: 'localhost,127.0.0.1', port, unix_socket_directories: folder, hba_file: rules, ssl: 'on' },
    ...{ ssl_ca_file: authority.caFile, ssl_cert_file: own.certFile, ssl_key_file: own.keyFile },
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(join(bin, 'postgres'), ['-D', data, ...flags], { cwd: folder, stdio: 'ignore', ...identity });
  const ended = once(child, 'exit');
  const close = async (): Promise<void> => {
    child.kill('SIGQUIT');
    await ended;
    rmSync(folder, { recursive: true });
  };
  const answers = async (): Promise<boolean> => {
    const client = new pg.Client({ host: folder, port, user: USER, database: 'postgres' });
    client.on('error', () => undefined);
    return client.connect().then(
      () => client.end().then(() => true),
      () => false,
    );
  };
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await answers())) {
    if (child.exitCode === null && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      continue;
    }
    await close();
    throw new Error('PostgreSQL did not start');
  }
  const connection: ServerConnection = {
    ...{ dialect: 'postgresql', host: 'localhost', port, database: 'postgres', username: USER },
    ...{ password: new SecretValue(freshPassword()), tls: 'verify-full', caFile: authority.caFile },
  };
  return { connection, authority, folder, close };
};
