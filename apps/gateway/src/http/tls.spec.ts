import { connect as connectTcp } from 'node:net';
import { connect } from 'node:tls';
import type { ReadService } from '@coffer/reads';
import { SecretValue } from '@coffer/secrets';
import { listen } from '../fixture/raw-request.js';
import { openTestApi, type TestApi } from '../fixture/test-api.js';
import { TestTls } from '../fixture/test-tls.js';
import { DEFAULT_LIMITS } from './http-limits.js';

const HIT = '/coffer/v1/main/namespaces/company.team/values/KEY';
const AS_ROOT = { authorization: 'Bearer root' };

let asked = 0;
const reads: Pick<ReadService, 'resolve' | 'cached'> = {
  cached: ({ path }) => ({
    ...{ path, value: new SecretValue('é'), version: 'v1', revision: 1 },
    cacheStatus: { source: 'l1', remainingTtlMs: 1_500 },
  }),
  resolve: (call) => {
    asked += 1;
    const found = reads.cached(call);
    if (found === undefined) throw new Error('everything is cached');
    return found;
  },
};

const tls = new TestTls();
let api: TestApi;
let port: number;
beforeAll(async () => {
  api = await openTestApi({ reads, tls: tls.listener, limits: { ...DEFAULT_LIMITS, headers: 1_000 } });
  port = await listen(api.app);
});
afterAll(async () => {
  await api.app.close();
  tls.remove();
});

it('what is cached is answered over TLS without the route', async () => {
  const client = tls.client(port);
  const first = await client.get(HIT, AS_ROOT);
  expect([first.status, asked]).toEqual([200, 1]);
  const hit = await client.get(HIT, AS_ROOT);
  expect([hit.status, asked, JSON.parse(hit.body)]).toEqual([200, 1, JSON.parse(first.body)]);
  expect(api.audited().slice(-2)).toEqual([
    expect.objectContaining({ action: 'secret.read', address: '127.0.0.1' }),
    expect.objectContaining({ action: 'secret.read', address: '127.0.0.1' }),
  ]);
});

it('a connection that is kept goes on when the certificate is replaced', async () => {
  const kept = tls.client(port);
  expect((await kept.get(HIT, AS_ROOT)).status).toBe(200);
  tls.listener.apply(tls.settings());
  expect((await kept.get(HIT, AS_ROOT)).status).toBe(200);
  expect((await tls.client(port).get(HIT, AS_ROOT)).status).toBe(200);
});

it('a client that does not finish its handshake is cut', async () => {
  // TCP alone: the first byte of the handshake never comes.
  const socket = connectTcp(port, '127.0.0.1');
  await new Promise((resolve) => socket.on('error', () => undefined).on('close', resolve));
});

it('a request that is none is answered over TLS', async () => {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  const answer = new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.on('error', () => undefined).on('close', () => resolve(text));
  });
  socket.write('canary\r\n\r\n');
  expect(await answer).toMatch(/^HTTP\/1\.1 400 [^]*"malformed"/);
  expect(await answer).not.toContain('canary');
});
