import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SecretValue } from '@coffer/secrets';
import pg from 'pg';
import { programOf, startPrivateServer, type Place } from './private-server.js';
import { freshPassword } from './server.js';
import { serverCertificates, type TlsServer } from './tls-server.js';

const VERSIONS = '/usr/lib/postgresql';
const USER = 'coffer';
const RULES = 'pg_hba.conf';

const answers = async ({ folder, port }: Place): Promise<boolean> => {
  const client = new pg.Client({ host: folder, port, user: USER, database: 'postgres' });
  client.on('error', () => undefined);
  return client.connect().then(
    () => client.end().then(() => true),
    () => false,
  );
};

/** A PostgreSQL whose client's certificate must name the user. */
export const startTlsPostgresql = async (): Promise<TlsServer> => {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS).map((version) => join(VERSIONS, version, 'bin')) : [];
  const initdb = programOf('initdb', 'postgresql', versions.sort());
  const server = await startPrivateServer({
    name: 'PostgreSQL',
    prepare: ({ folder }) => {
      writeFileSync(join(folder, RULES), 'hostssl all all all cert clientcert=verify-full\nlocal all all trust\n');
      return serverCertificates(folder);
    },
    setup: ({ folder }) => ({
      program: initdb,
      args: [
        ...['--pgdata', join(folder, 'data'), '--username', USER, '--auth', 'trust'],
        ...['--encoding', 'UTF8', '--no-locale', '--no-sync'],
      ],
    }),
    command: ({ folder, port }, { authority, own }) => {
      const network = { listen_addresses: '127.0.0.1,127.0.0.2', port, unix_socket_directories: folder };
      const files = { ssl_ca_file: authority.caFile, ssl_cert_file: own.certFile, ssl_key_file: own.keyFile };
      const settings = { ...network, ...files, hba_file: join(folder, RULES), ssl: 'on' };
      const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
      return { program: join(initdb, '..', 'postgres'), args: ['-D', join(folder, 'data'), ...flags] };
    },
    answers,
  });
  const { authority } = server.prepared;
  return {
    ...server,
    authority,
    connection: {
      ...{ dialect: 'postgresql', host: 'localhost', port: server.port, database: 'postgres', username: USER },
      ...{ password: new SecretValue(freshPassword()), tls: 'verify-full', caFile: authority.caFile },
    },
  };
};
