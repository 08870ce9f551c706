/** @servers redis */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Authority, type Certificate } from '@coffer/backend-conformance/certificates';
import { SecretValue } from '@coffer/secrets';
import { connect, type RedisSettings } from './connection.js';

const folder = mkdtempSync(join(tmpdir(), 'coffer-redis-tls-'));
const authority = new Authority(folder, 'authority');
const foreign = new Authority(folder, 'foreign');

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

const read = (file: string): string => readFileSync(file, 'utf8');
const own = ({ certFile, keyFile }: Certificate): Pick<RedisSettings, 'own'> => ({
  own: { certificate: read(certFile), key: new SecretValue(read(keyFile)) },
});

const servers: ChildProcess[] = [];

/** A Redis of the test's own that lets in nobody without a certificate of the authority. Returns its port. */
const start = async (certificate: Certificate): Promise<number> => {
  const port = await freePort();
  const file = join(folder, `${port}.conf`);
  const lines = [
    ...['bind 127.0.0.1', 'port 0', `tls-port ${port}`, 'save ""', 'appendonly no', `dir ${folder}`],
    ...[`tls-cert-file ${certificate.certFile}`, `tls-key-file ${certificate.keyFile}`],
    ...[`tls-ca-cert-file ${authority.caFile}`, 'tls-auth-clients yes', 'requirepass right'],
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  const server = spawn('redis-server', [file], { stdio: ['ignore', 'pipe', 'ignore'] });
  servers.push(server);
  let output = '';
  for await (const chunk of server.stdout) {
    output += String(chunk);
    if (output.includes('Ready to accept connections')) break;
  }
  return port;
};

let port: number;
let expiredPort: number;
beforeAll(async () => {
  port = await start(authority.issue('redis', { alternative: 'IP:127.0.0.1' }));
  expiredPort = await start(authority.issue('redis', { alternative: 'IP:127.0.0.1', days: -1 }));
});
afterAll(async () => {
  for (const server of servers) {
    server.kill('SIGKILL');
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
  }
  rmSync(folder, { recursive: true });
});

/** What is said of a connection: `PONG`, or the advice with which it failed. */
const outcomeOf = async (settings: Partial<RedisSettings>, host = '127.0.0.1', at = port): Promise<string> => {
  const url = new SecretValue(`rediss://:right@${host}:${at}`);
  let fail: (advice: string) => void = () => undefined;
  const failed = new Promise<string>((resolve) => (fail = resolve));
  const connection = connect(
    {
      settings: { url, cluster: false, ca: read(authority.caFile), ...settings },
      onTrouble: (reason, advice) => fail(advice ?? reason),
    },
    true,
  );
  try {
    return await Promise.race([failed, connection.ping()]);
  } finally {
    connection.disconnect();
  }
};

it('lets in whoever shows a certificate of the authority', async () => {
  expect(await outcomeOf(own(authority.issue('coffer')))).toBe('PONG');
});

it.each<[string, () => Promise<string>, string]>([
  ['no certificate', () => outcomeOf({}), 'coffer.redis.cert'],
  ['a certificate of another authority', () => outcomeOf(own(foreign.issue('coffer'))), 'coffer.redis.cert'],
  [
    'a certificate that has expired',
    () => outcomeOf(own(authority.issue('coffer', { days: -1 }))),
    'coffer.redis.cert has expired',
  ],
  [
    'an authority that did not sign the server’s certificate',
    () => outcomeOf({ ...own(authority.issue('coffer')), ca: read(foreign.caFile) }),
    'coffer.redis.ca',
  ],
  [
    'a host that the certificate does not name',
    () => outcomeOf(own(authority.issue('coffer')), 'localhost'),
    'coffer.redis.url',
  ],
  [
    'a server whose certificate has expired',
    () => outcomeOf(own(authority.issue('coffer')), '127.0.0.1', expiredPort),
    'has expired',
  ],
])('%s is refused, and the setting is named', async (_what, connectWith, words) => {
  expect(await connectWith()).toContain(words);
});
