/** @servers vault */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text as textOf } from 'node:stream/consumers';
import { open } from '@coffer/backend-vault-kv2';
import { startTlsVault } from '../../cluster/index.js';
import { describeStoreTls, type StartStore } from './store-tls.fixture.js';

// Starts two servers, on machines that may be busy.
jest.setTimeout(240_000);

const read = (file: string): string => readFileSync(file, 'utf8');
let rootToken = '';

interface Made {
  readonly keys: readonly string[];
  readonly root_token: string;
}

/** As an operator does, once: makes the keys, unseals, mounts an engine. */
const initialise = async (port: number, own: { readonly cert: string; readonly key: string }): Promise<void> => {
  const put = async (path: string, body: object, headers: Record<string, string> = {}): Promise<unknown> => {
    const options = { method: 'PUT', headers, ...own, rejectUnauthorized: false, agent: false };
    const asked = request(`https://127.0.0.1:${port}/v1/${path}`, options).end(JSON.stringify(body));
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    const text = await textOf(answer);
    if ((answer.statusCode ?? 0) >= 300) throw new Error(`${path}: ${answer.statusCode} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  const made = (await put('sys/init', { secret_shares: 1, secret_threshold: 1 })) as Made;
  await put('sys/unseal', { key: made.keys[0] });
  rootToken ||= made.root_token;
  const engine = { type: 'kv', options: { version: '2' } };
  await put('sys/mounts/secret', engine, { 'x-vault-token': made.root_token });
};

const start: StartStore = async ({ certFile, keyFile }, authority) => {
  const own = authority.issue('operator');
  const client = { certificate: read(own.certFile), key: read(own.keyFile) };
  const tls = { certificate: read(certFile), key: read(keyFile), authority: read(authority.caFile) };
  const server = await startTlsVault({ tls, client });
  const port = Number(new URL(server.env['COFFER_TEST_VAULT_ADDR'] ?? '').port);
  await initialise(port, { cert: client.certificate, key: client.key });
  return { port, stop: () => server.stop() };
};

describeStoreTls('Vault', {
  start,
  open: (settings) => {
    if (settings.type !== 'vault') throw new Error('the test configures another store');
    return open(settings);
  },
  configuration: ({ host, port, ca, own }) => ({
    kestra: {
      secret: {
        type: 'vault',
        vault: {
          ...{ address: `https://${host}:${port}`, token: { token: rootToken }, ca },
          ...(own && { cert: own.certFile, key: own.keyFile }),
        },
      },
    },
  }),
  names: { ca: 'name one by ca', address: 'by address', cert: ' cert' },
});
