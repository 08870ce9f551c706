import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Backend } from '@coffer/backend-contract';
import { openMemoryBackend } from '@coffer/backend-memory';
import { loadConfiguration } from '@coffer/config';
import { listen, rawRequest } from '../fixture/raw-request.js';
import { openTestApi, type TestApi } from '../fixture/test-api.js';
import { DEFAULT_LIMITS, httpLimitsOf } from './http-limits.js';

const HASTY = { ...DEFAULT_LIMITS, headers: 50, request: 100, headerCount: 20 };
const auth = { authorization: 'Bearer root' };

const open: TestApi[] = [];
const start = async (options: Parameters<typeof openTestApi>[0] = {}) => {
  const api = await openTestApi({ limits: HASTY, ...options });
  open.push(api);
  return { api, port: await listen(api.app) };
};
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ app }) => app.close()));
});

/** Everything that comes until the peer closes, also where something was sent to it after that. */
const untilClosed = async (socket: Socket): Promise<string> => {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  await new Promise((resolve) => socket.once('close', resolve));
  return text;
};

const send = async (port: number, bytes: string): Promise<string> => {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(bytes);
  return untilClosed(socket);
};

const cuts = async (api: TestApi, budget: string): Promise<number | undefined> =>
  (await api.figures()).get(`coffer_budget_refusals_total{budget="${budget}"}`);

describe('a client is cut', () => {
  it('that sends nothing', async () => {
    const { api, port } = await start();
    expect(await send(port, '')).toMatch(/^HTTP\/1\.1 408 [^]*coffer\.limits\.headersTimeout/);
    expect(await cuts(api, 'request-time')).toBe(1);
  });

  it('whose body comes more slowly than the rate, however long the whole may take', async () => {
    const limits = { ...DEFAULT_LIMITS, request: 3_600_000, bodyRate: 1_048_576, bodyGrace: 1 };
    const { api, port } = await start({ limits });
    const head = 'PUT /api/v1/main/namespaces/a/secrets HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer root\r\n';
    const slow = connect(port, '127.0.0.1');
    slow.on('error', () => undefined);
    const dribble = setInterval(() => slow.write(' '), 20);
    slow.once('close', () => clearInterval(dribble));
    const answered = untilClosed(slow);
    slow.write(`${head}Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{`);
    const answer = await answered;
    expect(answer).toMatch(/^HTTP\/1\.1 408 [^]*coffer\.limits\.bodyRate/);
    expect(await cuts(api, 'body-rate')).toBe(1);
    expect(api.writes.requests).toEqual([]);
  });

  it('that does not end its headers', async () => {
    const { port } = await start();
    const answer = await send(port, 'GET /health/live HTTP/1.1\r\nHost: a\r\nX-Slow: ');
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(answer).toContain('application/problem+json');
  });

  it('that does not end its body', async () => {
    const { port, api } = await start();
    const head = 'PUT /api/v1/main/namespaces/a/secrets HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer root\r\n';
    const answer = await send(
      port,
      `${head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"key":"K","value":"hunter2`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).not.toContain('hunter2');
    expect(api.writes.requests).toEqual([]);
  });

  it('that does not speak HTTP, without an echo', async () => {
    const { port } = await start();
    const answer = await send(port, 'hunter2 hunter2\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).not.toContain('hunter2');
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({ status: 400, code: 'malformed' });
  });

  it('whose headers are too large', async () => {
    const { port } = await start();
    expect(await send(port, `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 /,
    );
  });
});

it('more headers than the limit are refused, not dropped', async () => {
  const { api, port } = await start();
  const named = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`x-${i}`, 'v']));
  const get = (count: number) => rawRequest(port, { method: 'GET', path: '/health/live', headers: named(count) });
  expect((await get(18)).status).toBe(200);
  const refused = await get(19);
  expect([refused.status, JSON.parse(refused.body).code]).toEqual([400, 'malformed']);
  expect(refused.body).toContain('more than 20 headers (coffer.limits.headers)');
  expect(await cuts(api, 'headers')).toBe(1);
  for (const count of [20, 21, 60]) {
    const { status, body } = await get(count);
    expect([400, 431]).toContain(status);
    expect(body).toMatch(/coffer\.limits\.headers\b/);
  }
});

it('who is not let in is answered before the body has come', async () => {
  const { port } = await start({ limits: DEFAULT_LIMITS });
  const socket = connect(port, '127.0.0.1');
  socket.write(
    'PUT /api/v1/main/namespaces/a/secrets HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 4000000\r\n\r\n{',
  );
  const [first] = (await once(socket, 'data')) as [Buffer];
  expect(first.toString('utf8')).toMatch(/^HTTP\/1\.1 401 /);
  socket.destroy();
});

describe('a refusal reaches a client that sends all of its body before it reads', () => {
  const MIB = 1024 * 1024;
  const length = { 'Content-Length': String(8 * MIB) };
  const known = { Authorization: 'Bearer root', 'Content-Type': 'application/json' };
  const chunk = Buffer.from(`${(8 * MIB).toString(16)}\r\n${' '.repeat(8 * MIB)}\r\n0\r\n\r\n`);

  it.each([
    ['of a body over the limit', 413, { ...known, ...length }, Buffer.alloc(8 * MIB, ' ')],
    ['of a body over the limit, in chunks', 413, { ...known, 'Transfer-Encoding': 'chunked' }, chunk],
    ['of a wrong content type', 415, { ...known, ...length, 'Content-Type': 'text/plain' }, Buffer.alloc(8 * MIB)],
    ['of a wrong token', 401, { ...known, ...length, Authorization: 'Bearer other' }, Buffer.alloc(8 * MIB, ' ')],
  ])('%s', async (_what, status, headers, body) => {
    const { port } = await start({ limits: DEFAULT_LIMITS });
    const socket = connect(port, '127.0.0.1');
    socket.pause();
    const lines = Object.entries({ Host: 'a', Connection: 'close', ...headers }).map(
      ([name, value]) => `${name}: ${value}`,
    );
    const head = `PUT /api/v1/main/namespaces/a/secrets HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
    // Rejects where the connection is reset.
    await new Promise<void>((done, fail) => {
      socket.once('error', fail);
      socket.write(head);
      socket.write(body, () => done());
    });
    socket.resume();
    const answer = await untilClosed(socket);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({ status });
  });
});

it('Connection: close is honoured', async () => {
  const { port } = await start();
  const answer = await send(port, 'GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
});

it('closing lets what is under way be answered and takes nothing new', async () => {
  const memory = openMemoryBackend();
  const asked = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const reading: Pick<Backend, 'read' | 'list'> = {
    list: (...args) => memory.list(...args),
    read: async (...args) => {
      asked.resolve();
      await release.promise;
      return memory.read(...args);
    },
  };
  const { api, port } = await start({ limits: DEFAULT_LIMITS, backend: memory, reading });
  await api.put('a', 'K');
  const underWay = rawRequest(port, { method: 'GET', path: '/coffer/v1/main/namespaces/a/values/K', headers: auth });
  await asked.promise;
  open.splice(0);
  const closed = api.app.close();
  release.resolve();
  expect(JSON.parse((await underWay).body)).toMatchObject({ value: 'value of K' });
  await closed;
  await expect(rawRequest(port, { method: 'GET', path: '/health/live' })).rejects.toThrow('ECONNREFUSED');
});

describe('a connection between two requests', () => {
  it('is kept longer than load balancers keep theirs', async () => {
    const { port } = await start({ limits: DEFAULT_LIMITS });
    const { headers } = await rawRequest(port, {
      method: 'GET',
      path: '/health/live',
      headers: { connection: 'keep-alive' },
    });
    expect(Number(/timeout=(\d+)/.exec(String(headers['keep-alive']))?.[1])).toBeGreaterThanOrEqual(75);
  });

  it('is kept for as long as it is configured, and closed then', async () => {
    const { server, limits } = loadConfiguration({
      argv: ['--config', 'coffer.yml'],
      env: {},
      cwd: '/',
      readFile: () =>
        'coffer: {server: {keep-alive-timeout: 1s}, limits: {connections: 5, headers: 50, headerSize: 8KiB, headersTimeout: 2s, requestTimeout: 3s, bodyRate: 1KiB}}',
    });
    const configured = httpLimitsOf({ server, limits });
    expect(configured).toMatchObject({
      ...{ keepAlive: 1_000, connections: 5, headerCount: 50, headerBytes: 8_192 },
      ...{ headers: 2_000, request: 3_000, bodyRate: 1_024 },
    });
    const { port } = await start({ limits: configured });
    expect(await send(port, 'GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 200 [^]*\r\nKeep-Alive: timeout=1\r\n/i,
    );
  });
});

it('more connections than the limit are closed at once, and counted', async () => {
  const { api, port } = await start({ limits: { ...DEFAULT_LIMITS, connections: 1 } });
  const first = connect(port, '127.0.0.1');
  first.write('GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n');
  await once(first, 'data');
  expect(await send(port, 'GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n')).toBe('');
  first.destroy();
  const { body } = await api.call('GET', '/metrics');
  expect(body).toContain('coffer_budget_refusals_total{budget="connections"} 1');
  expect(body).toMatch(/^coffer_http_connections [01]$/m);
});

it('a server that cannot accept connections goes on, and says so once', async () => {
  const { api, port } = await start();
  const failure = Object.assign(new Error('accept ENFILE'), { code: 'ENFILE', syscall: 'accept' });
  for (let times = 0; times < 2; times += 1) expect(api.app.getHttpServer().emit('error', failure)).toBe(true);
  expect(api.log.map(({ message }) => message)).toEqual(['a connection could not be accepted']);
  expect((await rawRequest(port, { method: 'GET', path: '/health/live' })).status).toBe(200);
});
