import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createNetServer, type AddressInfo, type Server as NetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Authority } from '@coffer/backend-conformance/certificates';
import { boundedRequest, fetchErrorOf, FetchError, MAX_ANSWER_BYTES } from './bounded-request.js';
import { fetchJson, readJson } from './fetch-json.js';
import { issuerAddress } from './issuer-address.js';

let folder: string;
let answer: RequestListener;
const servers: Server[] = [];
const nets: NetServer[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coffer-request-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  for (const server of nets.splice(0)) server.close();
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

const listen = async (server: Server): Promise<number> => {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};
const open = async (): Promise<string> =>
  `http://127.0.0.1:${await listen(createServer((request, response) => answer(request, response)))}/`;
const messageOf = async (attempt: Promise<unknown>): Promise<string> => {
  const error: unknown = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof FetchError ? error.message : `no FetchError: ${String(error)}`;
};

describe('a request', () => {
  it('is a GET for JSON that is not packed, or what it is asked to be', async () => {
    answer = (request, response) =>
      void text(request).then((body) =>
        response
          .writeHead(201, { 'x-a': 'b' })
          .end(JSON.stringify({ method: request.method, body, ...request.headers })),
      );
    const address = await open();
    const { status, headers, text: got } = await boundedRequest(address);
    expect([status, headers['x-a']]).toEqual([201, 'b']);
    expect(JSON.parse(got)).toMatchObject({
      ...{ method: 'GET', body: '', accept: 'application/json', 'accept-encoding': 'identity' },
    });
    const asked = { accept: 'text/plain', 'accept-encoding': 'gzip', 'x-own': 'c' };
    const posted = await boundedRequest(address, { method: 'POST', body: 'a=b', headers: asked });
    expect(JSON.parse(posted.text)).toMatchObject({
      ...{ method: 'POST', body: 'a=b', accept: 'text/plain', 'accept-encoding': 'identity', 'x-own': 'c' },
    });
  });

  it('takes an answer up to its bound in bytes', async () => {
    let bytes = MAX_ANSWER_BYTES;
    answer = (_request, response) => void response.end('x'.repeat(bytes));
    const address = await open();
    expect((await boundedRequest(address)).text).toHaveLength(bytes);
    bytes += 1;
    expect(await messageOf(boundedRequest(address))).toBe(`its answer is longer than ${MAX_ANSWER_BYTES} bytes`);
  });

  it('fails with an answer that is cut off, and names the error of one that never comes', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('a');
      setImmediate(() => response.destroy());
    };
    const address = await open();
    expect(await messageOf(boundedRequest(address))).toMatch(/^(it cut the connection|ECONNRESET)$/);
    servers.splice(0).forEach((server) => server.close());
    expect(await messageOf(boundedRequest(address))).toMatch(/^ECONN/);
  });

  it.each([
    ['switches to another protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nx'],
    ['is no HTTP', 'x\r\n\r\n'],
    ['is nothing', ''],
  ])('fails with an answer that %s', async (_what, raw) => {
    const server = createNetServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => (raw === '' ? socket.end() : socket.write(raw)));
    });
    nets.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await messageOf(boundedRequest(`http://127.0.0.1:${port}/`))).toMatch(/^(it switches|HPE_|ECONN)/);
  });

  it('trusts the authority that it is given, and no server of it otherwise', async () => {
    const authority = new Authority(folder, 'authority');
    const { certFile, keyFile } = authority.issue('server', { alternative: 'IP:127.0.0.1' });
    const options = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
    const port = await listen(createHttpsServer(options, (_request, response) => void response.end('{}')));
    const address = `https://127.0.0.1:${port}/`;
    expect(await fetchJson(address, authority.caFile)).toEqual({});
    expect(await messageOf(fetchJson(address))).toMatch(/^[A-Z_]+$/);
    expect(await messageOf(fetchJson(address, join(folder, 'absent')))).toBe('the file of its ca cannot be read');

    const pem = readFileSync(authority.caFile, 'utf8');
    const oneLine = join(folder, 'one-line.pem');
    writeFileSync(oneLine, pem.trim().replaceAll('\n', ' '));
    expect(await fetchJson(address, oneLine)).toEqual({});
    expect(await fetchJson(address, pem)).toEqual({});
    const none = join(folder, 'none.pem');
    writeFileSync(none, readFileSync(keyFile));
    expect(await messageOf(fetchJson(address, none))).toMatch(/^its ca holds no certificate/);
  });
});

it.each<[string, Error, string]>([
  ['an end that was due', Object.assign(new Error('secret'), { name: 'AbortError' }), 'it took longer than 5000 ms'],
  ['a time that was over', Object.assign(new Error('secret'), { name: 'TimeoutError' }), 'it took longer than 5000 ms'],
  ['a code', Object.assign(new Error('secret'), { code: 'ECONNRESET' }), 'ECONNRESET'],
  ['another error', new Error('secret'), 'it cannot be reached'],
  ['one of its own', new FetchError('why'), 'why'],
])('a failure says no more than %s', (_what, error, message) => {
  expect(fetchErrorOf(error)).toBeInstanceOf(FetchError);
  expect(fetchErrorOf(error).message).toBe(message);
});

it('JSON is from an answer of 200, or from a file, each up to the same bound', async () => {
  answer = (_request, response) => void response.writeHead(203).end('{}');
  expect(await messageOf(fetchJson(await open()))).toBe('it answered with status 203');
  answer = (_request, response) => void response.end('{');
  expect(await messageOf(fetchJson(await open()))).toBe('its answer is no JSON');
  const file = join(folder, 'keys.json');
  writeFileSync(file, `{}${' '.repeat(MAX_ANSWER_BYTES - 2)}`);
  expect(await readJson(file)).toEqual({});
  writeFileSync(file, `{}${' '.repeat(MAX_ANSWER_BYTES - 1)}`);
  expect(await messageOf(readJson(file))).toBe(`the file is longer than ${MAX_ANSWER_BYTES} bytes`);
  expect(await messageOf(readJson(join(folder, 'absent')))).toBe('ENOENT');
});

describe('an address of a discovery document', () => {
  const HERE = 'http://localhost:1/discovery';

  it.each([
    ['https://id.example.com/a', 'https://id.example.com/discovery'],
    ['https://127.0.0.1/a', HERE],
    ['http://127.1.2.3/a', HERE],
    ['http://[::1]/a', HERE],
    ['http://localhost/a', 'http://127.0.0.1/discovery'],
  ])('may be %s by %s', (address, discovery) => {
    expect(issuerAddress(address, 'endpoint', discovery).href).toBe(address);
  });

  it.each<[unknown, string, string]>([
    [undefined, HERE, 'names no endpoint'],
    ['', HERE, 'names no endpoint'],
    [{ toString: () => 'https://id.example.com/' }, HERE, 'names no endpoint'],
    ['https://a@id.example.com/', HERE, 'names a endpoint with a user name'],
    ['https://:b@id.example.com/', HERE, 'names a endpoint with a user name'],
    ['ftp://127.0.0.1/', HERE, 'does not begin with https://'],
    ['http://127.0.0.1/', 'https://id.example.com/', 'does not begin with https://'],
    ['http://127.0.0.1/', 'no address', 'does not begin with https://'],
    ['http://id.example.com/', HERE, 'does not begin with https://'],
    ['http://127.0.0.1.example.com/', HERE, 'does not begin with https://'],
  ])('is not %s by %s', async (address, discovery, message) => {
    expect(await messageOf(Promise.resolve().then(() => issuerAddress(address, 'endpoint', discovery)))).toContain(
      message,
    );
  });
});
