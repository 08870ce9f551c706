/** @servers elasticsearch */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { connect as connectTls, createServer } from 'node:tls';
import { open } from '@coffer/backend-elasticsearch';
import { describeStoreTls, type StartStore } from './store-tls.fixture.js';

const upstream = new URL(process.env['COFFER_TEST_ELASTICSEARCH_URL'] ?? '');
const prefix = `coffer_test_${randomBytes(6).toString('hex')}_`;
const read = (file: string): string => readFileSync(file, 'utf8');

/** To the cluster, which has no TLS of its own where it comes from Maven's jars. */
const connectUpstream = (): Socket => {
  const { hostname: host, port, protocol } = upstream;
  return protocol === 'https:' ? connectTls({ host, port: Number(port || 443) }) : connect(Number(port || 80), host);
};

/** TLS in front of the real cluster: what it lets in goes through as it is. */
const start: StartStore = async ({ certFile, keyFile }, authority) => {
  const sockets = new Set<Socket>();
  const server = createServer(
    {
      ...{ cert: read(certFile), key: read(keyFile), ca: read(authority.caFile) },
      ...{ requestCert: true, rejectUnauthorized: true },
    },
    (socket) => {
      const cluster = connectUpstream();
      for (const [from, to] of [
        [socket, cluster],
        [cluster, socket],
      ] as const) {
        sockets.add(from);
        from.on('error', () => undefined).on('close', () => (sockets.delete(from), to.destroy()));
        from.pipe(to);
      }
    },
  );
  server.on('tlsClientError', () => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
};

afterAll(async () => {
  const { username, password, origin } = upstream;
  const login = `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;
  const headers = username === '' ? {} : { authorization: login };
  await fetch(`${origin}/${prefix}secrets`, { method: 'DELETE', headers });
});

describeStoreTls('Elasticsearch', {
  start,
  open: (settings) => {
    if (settings.type !== 'elasticsearch') throw new Error('the test configures another store');
    return open(settings);
  },
  configuration: ({ host, port, ca, own }) => {
    const { username, password } = upstream;
    const basicAuth = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
    const client = { httpHosts: [`https://${host}:${port}`], ...(username === '' ? {} : { basicAuth }) };
    return {
      kestra: { secret: { type: 'elasticsearch', elasticsearch: { secret: 'k'.repeat(32) } } },
      coffer: {
        elasticsearch: {
          ...{ client, defaults: { indicePrefix: prefix }, ca },
          ...(own && { cert: own.certFile, key: own.keyFile }),
        },
      },
    };
  },
  names: { ca: 'coffer.elasticsearch.ca', address: 'client.httpHosts', cert: 'coffer.elasticsearch.cert' },
});
