import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { isIPv4, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Authority } from '@coffer/backend-conformance/certificates';
import { SecretValue } from '@coffer/secrets';
import { lookupWithin, Receiver } from './receiver.js';
import { ReceivingServer } from './receiving-server.fixture.js';

const KEY = Buffer.alloc(32, 7).toString('base64');
const GUIDE = join(__dirname, '../../../docs/guides/webhooks');

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

const receiverAt = (url: string, timeoutMs = 10_000): Receiver => {
  const receiver = new Receiver({ url, secret: new SecretValue(KEY), timeoutMs, concurrency: 2 }, () => Date.now());
  opened.push(receiver);
  return receiver;
};
const serve = async (): Promise<ReceivingServer> => {
  const server = await ReceivingServer.open();
  opened.push(server);
  return server;
};

it('does not wait for a receiver that switches to another protocol', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(101, { connection: 'upgrade', upgrade: 'x' }).end();
  });
  opened.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver = receiverAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  for (let time = 0; time < 3; time += 1) {
    await expect(receiver.post('id', '{}')).rejects.toMatchObject({ reason: 'http 101' });
  }
});

it.each<[string, (response: ServerResponse) => void]>([
  ['never comes', (response) => response.flushHeaders()],
  ['comes for ever', (response) => void Readable.from(endless()).pipe(response)],
])('does not wait for the rest of an answer that %s', async (_, respond) => {
  const server = createServer((_request, response) => {
    response.writeHead(200);
    respond(response);
  });
  opened.push({ close: () => (server.closeAllConnections(), server.close()) });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver = receiverAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 60_000);
  // More than it has connections.
  for (let time = 0; time < 5; time += 1) await receiver.post('id', '{}');
});

function* endless(): Generator<string> {
  for (;;) yield 'an answer that nobody reads';
}

/** Runs the guide's verifiers as the guide says. */
const VERIFIERS: Readonly<Record<string, (input: string) => string>> = {
  node: (input) =>
    execFileSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { isGenuine } from ${JSON.stringify(join(GUIDE, 'verify.mjs'))};
         const tried = JSON.parse(process.argv[1]);
         console.log(JSON.stringify(tried.map(({ headers, body, secret }) => isGenuine(headers, Buffer.from(body), secret))));`,
        input,
      ],
      { encoding: 'utf8' },
    ),
  python: (input) =>
    execFileSync(
      'python3',
      [
        '-c',
        `import json, sys; sys.path.insert(0, ${JSON.stringify(GUIDE)}); sys.dont_write_bytecode = True
from verify import is_genuine
print(json.dumps([is_genuine(given["headers"], given["body"].encode(), given["secret"]) for given in json.loads(sys.argv[1])]))`,
        input,
      ],
      { encoding: 'utf8' },
    ),
};

it.each(Object.keys(VERIFIERS))(
  'signs so that the verifier of the guide for %s knows it, and nothing else',
  async (language) => {
    const server = await serve();
    await receiverAt(server.url).post('id-1', '{"text":"ä"}');
    const [received] = server.received;
    if (received === undefined) throw new Error('nothing was received');
    const { headers, body } = received;
    expect(headers).toMatchObject({
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'webhook-id': 'id-1',
    });
    const secret = `whsec_${KEY}`;
    const old = String(Number(headers['webhook-timestamp']) - 600);
    const tried = [
      { headers, body, secret },
      { headers, body: `${body} `, secret },
      { headers, body, secret: `whsec_${Buffer.alloc(32, 8).toString('base64')}` },
      { headers: { ...headers, 'webhook-id': 'id-2' }, body, secret },
      { headers: { ...headers, 'webhook-timestamp': old }, body, secret },
      { headers: { ...headers, 'webhook-signature': 'v1,' }, body, secret },
    ];
    const verify = VERIFIERS[language] ?? (() => '[]');
    expect(JSON.parse(verify(JSON.stringify(tried)))).toEqual([true, false, false, false, false, false]);
  },
);

it('says why an event was not taken, follows no redirect and hands on nothing of an answer', async () => {
  const server = await serve();
  const other = await serve();
  server.answerHeaders = { location: other.url, 'retry-after': '7' };
  server.answer = () => 302;
  await expect(receiverAt(server.url).post('a', '{}')).rejects.toMatchObject({ reason: 'http 302', retryAfterMs: 0 });
  expect(other.received).toEqual([]);
  server.answer = () => 503;
  await expect(receiverAt(server.url).post('a', '{}')).rejects.toMatchObject({
    reason: 'http 503',
    retryAfterMs: 7_000,
  });
  server.answer = () => 'never';
  await expect(receiverAt(server.url, 50).post('a', '{}')).rejects.toMatchObject({ reason: 'timeout' });
  const gone = await serve();
  const { url } = gone;
  await gone.close();
  opened.pop();
  await expect(receiverAt(url).post('a', '{}')).rejects.toMatchObject({ reason: 'ECONNREFUSED' });
});

it.each([
  ['7', 7_000],
  ['0', 0],
  ['999999999', 60_000],
  ['Thu, 01 Jan 2026 00:00:20 GMT', 20_000],
  ['Fri, 02 Jan 2026 00:00:00 GMT', 60_000],
  ['Wed, 31 Dec 2025 23:59:59 GMT', 0],
  ['Thu, 99 Jan 2026 00:00:20 GMT', 0],
  ['-5', 0],
  ['soon', 0],
])('waits as Retry-After: %s asks, up to a minute', async (asked, retryAfterMs) => {
  const server = await serve();
  server.answerHeaders = { 'retry-after': asked };
  server.answer = () => 429;
  const receiver = new Receiver(
    { url: server.url, secret: new SecretValue(KEY), timeoutMs: 10_000, concurrency: 2 },
    () => Date.parse('2026-01-01T00:00:00Z'),
  );
  opened.push(receiver);
  await expect(receiver.post('a', '{}')).rejects.toMatchObject({ reason: 'http 429', retryAfterMs });
});

it.each([
  ['receiver.example.com', ['169.254.169.254'], 'refused'],
  ['receiver.example.com', ['fe80::1', '::ffff:169.254.169.254', '0.0.0.0'], 'refused'],
  ['receiver.example.com', ['127.0.0.1', '::1'], 'refused'],
  ['receiver.example.com', ['169.254.1.1', '10.0.0.7'], ['10.0.0.7']],
  ['localhost', ['127.0.0.1', '::1'], ['127.0.0.1', '::1']],
] as const)('goes to %s at %s: %s', async (host, resolved, expected) => {
  const addresses = resolved.map((address) => ({ address, family: isIPv4(address) ? 4 : 6 }));
  const lookup = lookupWithin(host, (_name, _options, callback) => callback(null, addresses));
  const outcome = await new Promise((resolve) =>
    lookup(host, { all: true }, (error, found) =>
      resolve(error === null ? (found as typeof addresses).map(({ address }) => address) : 'refused'),
    ),
  );
  expect(outcome).toEqual(expected);
});

it('posts over TLS to whoever its authorities vouch for by this name, and tells nobody else of the event', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-receiver-'));
  opened.push({ close: () => rmSync(folder, { recursive: true }) });
  const authority = new Authority(folder, 'authority');
  const other = new Authority(folder, 'other');
  const serveAs = async (alternative: string): Promise<ReceivingServer> => {
    const { certFile, keyFile } = authority.issue(alternative.replace(/\W/g, '-'), { alternative });
    const tls = { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
    const server = await ReceivingServer.open(0, tls);
    opened.push(server);
    return server;
  };
  const post = (url: string, ca?: string): Promise<void> => {
    const trusted = ca === undefined ? {} : { ca };
    const options = { url, secret: new SecretValue(KEY), timeoutMs: 10_000, concurrency: 2, ...trusted };
    const receiver = new Receiver(options, () => Date.now());
    opened.push(receiver);
    return receiver.post('id', '{}');
  };
  const ours = readFileSync(authority.caFile, 'utf8');
  const right = await serveAs('IP:127.0.0.1');
  await post(right.url, ours);
  expect(right.received).toHaveLength(1);
  const unknown = expect.objectContaining({ reason: expect.stringMatching(/SELF_SIGNED|UNABLE_TO_|CERT/) });
  await expect(post(right.url)).rejects.toEqual(unknown);
  await expect(post(right.url, readFileSync(other.caFile, 'utf8'))).rejects.toEqual(unknown);
  const named = await serveAs('DNS:receiver.example.com');
  await expect(post(named.url, ours)).rejects.toMatchObject({ reason: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  expect([right.received.length, named.received.length]).toEqual([1, 0]);
});
