import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { LimitsConfiguration } from '@coffer/config';
import { listen } from '../fixture/raw-request.js';
import { openTestApi, type TestApi, type TestApiOptions } from '../fixture/test-api.js';
import { TestTls } from '../fixture/test-tls.js';
import { until } from '../fixture/until.js';
import { DEFAULT_LIMITS } from './http-limits.js';

const LIVE = 'GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n';
const TOO_MANY = /^HTTP\/1\.1 429 Too Many Requests\r\n[^]*\r\nRetry-After: 1\r\n/;
const LIMITS = { ...DEFAULT_LIMITS, headers: 200, request: 400, keepAlive: 200, idle: 3_600_000 };
/** Another address than 127.0.0.1, of the same machine. */
const OTHER = '127.0.0.2';

const tls = new TestTls();
const open: TestApi[] = [];
const sockets: Socket[] = [];

const start = async (budgets: Partial<LimitsConfiguration>, options: TestApiOptions = {}) => {
  const api = await openTestApi({ limits: DEFAULT_LIMITS, budgets, vault: { enabled: true }, ...options });
  open.push(api);
  return { api, port: await listen(api.app) };
};
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(open.splice(0).map(({ app }) => app.close()));
});
afterAll(() => tls.remove());

/** One for all tests of a block, which lets in one connection of an address. */
const shared = (options: TestApiOptions) => {
  let started: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    started = await start({ connectionsPerAddress: 1 }, options);
    open.pop();
  });
  beforeEach(() => until(async () => (await connections(started.api)) === 0));
  afterAll(() => started.api.app.close());
  return { api: () => started.api, port: () => started.port };
};

const dial = (port: number, localAddress = '127.0.0.1'): Socket => {
  const socket = connect({ port, host: '127.0.0.1', localAddress, allowHalfOpen: true });
  socket.on('error', () => undefined);
  sockets.push(socket);
  return socket;
};

/** The first bytes of the answer; nothing where the connection is closed without one. */
const first = async (socket: Socket): Promise<string> => {
  let text = '';
  await new Promise<void>((resolve) => {
    socket.once('data', (chunk: Buffer) => {
      text = chunk.toString('latin1');
      resolve();
    });
    socket.once('close', () => resolve());
  });
  return text;
};

const ask = (socket: Socket, request = LIVE): Promise<string> => {
  socket.write(request);
  return first(socket);
};

const refused = async (api: TestApi): Promise<number> =>
  (await api.figures()).get('coffer_budget_refusals_total{budget="connections-per-address"}') ?? 0;
const connections = async (api: TestApi): Promise<number | undefined> =>
  (await api.figures()).get('coffer_http_connections');

/** Whether there is room for one connection more, which is closed again. */
const hasRoom = async (port: number): Promise<boolean> => {
  const socket = dial(port);
  const answer = await ask(socket);
  socket.destroy();
  return answer.startsWith('HTTP/1.1 200');
};

describe('connections of one address beyond the limit', () => {
  it('are answered 429 and closed, other addresses are served, and there is room again when others have gone', async () => {
    const { api, port } = await start({ connectionsPerAddress: 2 });
    const [one, two] = [dial(port), dial(port)];
    expect(await ask(one)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await ask(two)).toMatch(/^HTTP\/1\.1 200 /);
    const third = dial(port);
    const answer = await ask(third);
    expect(answer).toMatch(TOO_MANY);
    expect(answer).toContain('more than 2 connections of one address are open (coffer.limits.connectionsPerAddress)');
    expect(await refused(api)).toBe(1);
    expect(await ask(dial(port, OTHER))).toMatch(/^HTTP\/1\.1 200 /);
    expect(await refused(api)).toBe(1);
    two.destroy();
    await until(() => hasRoom(port));
  });

  it('are cut however much is sent on them, so that they take no place from others', async () => {
    const { api, port } = await start({ connectionsPerAddress: 1 }, { limits: { ...DEFAULT_LIMITS, connections: 20 } });
    expect(await ask(dial(port))).toMatch(/^HTTP\/1\.1 200 /);
    const dribbling = Array.from({ length: 10 }, () => dial(port));
    for (const socket of dribbling) {
      const timer = setInterval(() => socket.write('x'), 20);
      socket.once('close', () => clearInterval(timer));
    }
    expect(await Promise.all(dribbling.map(first))).toEqual(
      dribbling.map((): unknown => expect.stringMatching(TOO_MANY)),
    );
    await until(async () => (await connections(api)) === 1);
  });

  it('are closed without an answer where many of them come at once', async () => {
    const { api, port } = await start({ connectionsPerAddress: 1 });
    expect(await ask(dial(port))).toMatch(/^HTTP\/1\.1 200 /);
    const answers = await Promise.all(Array.from({ length: 300 }, () => ask(dial(port))));
    expect(answers.filter((answer) => TOO_MANY.test(answer)).length).toBeLessThan(300);
    expect(answers.filter((answer) => answer === '' || TOO_MANY.test(answer))).toHaveLength(300);
    expect(await refused(api)).toBe(300);
    expect(await ask(dial(port, OTHER))).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('are not counted where they are those of a trusted proxy', async () => {
    const { port } = await start({ connectionsPerAddress: 1 }, { trustedProxies: [`${OTHER}/32`] });
    for (let count = 0; count < 3; count += 1) expect(await ask(dial(port, OTHER))).toMatch(/^HTTP\/1\.1 200 /);
    expect(await ask(dial(port))).toMatch(/^HTTP\/1\.1 200 /);
    expect(await ask(dial(port))).toMatch(TOO_MANY);
  });

  it('are those of a /64 of IPv6, and of an IPv4 address also where it is mapped into IPv6', async () => {
    const { api, port } = await start({ connectionsPerAddress: 1 });
    const addresses = [
      ...['2001:db8:0:1::1', '2001:db8:0:1:ffff::2', '2001:db8:0:2::1'],
      ...['192.0.2.1', '::ffff:192.0.2.1', '::ffff:192.0.2.2'],
    ];
    // This machine has no such addresses.
    api.app.getHttpServer().prependListener('connection', (socket: Socket) => {
      Object.defineProperty(socket, 'remoteAddress', { value: addresses.shift() });
    });
    const statuses: string[] = [];
    for (let count = 0; count < 6; count += 1) statuses.push((await ask(dial(port))).slice(9, 12));
    expect(statuses).toEqual(['200', '429', '200', '200', '429', '200']);
  });
});

const PUT = 'PUT /api/v1/main/namespaces/a/secrets HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer root\r\n';
const BODY = `${PUT}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{`;
const UPGRADE = 'GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
const LIST = 'LIST /v1/secret/metadata/a HTTP/1.1\r\nHost: a\r\nX-Vault-Token: root\r\n\r\n';

/** Each ends the connection, or leaves that to the server. */
const ENDINGS: Readonly<Record<string, (socket: Socket) => unknown>> = {
  'is closed by the client after an answer': async (socket) => {
    await ask(socket);
    socket.end();
  },
  'is reset after an answer': async (socket) => {
    await ask(socket);
    socket.resetAndDestroy();
  },
  'is reset in the midst of a request': (socket) => socket.write(BODY, () => socket.resetAndDestroy()),
  'is reset at once': (socket) => socket.once('connect', () => socket.resetAndDestroy()),
  'is half closed before an answer': (socket) => socket.end(LIVE),
  'is half closed without a byte': (socket) => socket.end(),
  'is half closed in the midst of a request': (socket) => socket.end(BODY),
  'brings no byte': () => undefined,
  'brings no end of its headers': (socket) => socket.write('GET / HTTP/1.1\r\nHost: a\r\n'),
  'brings no end of its body': (socket) => socket.write(BODY),
  'is kept, and asks nothing more': (socket) => socket.write(LIVE),
  'is to be closed after the answer': (socket) =>
    socket.write(LIVE.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')),
  'asks for another protocol': (socket) => socket.write(UPGRADE),
  'asks for a tunnel': (socket) => socket.write('CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n'),
  'lists by the method of Vault': (socket) => socket.write(LIST),
  'begins to list by the method of Vault': (socket) => socket.write(LIST.slice(0, -2)),
  'does not speak HTTP': (socket) => socket.write('hello\r\n\r\n'),
};

describe('the place of a connection is given back once it', () => {
  const { api, port } = shared({ limits: LIMITS });

  it.each(Object.entries(ENDINGS))('%s', async (_how, end) => {
    const ended = dial(port());
    ended.resume();
    await end(ended);
    await until(() => hasRoom(port()));
    await until(async () => (await connections(api())) === 0);
    // Once, and not more often.
    expect(await ask(dial(port()))).toMatch(/^HTTP\/1\.1 200 /);
    expect(await ask(dial(port()))).toMatch(TOO_MANY);
  });
});

describe('over TLS', () => {
  const secure = (port: number): Socket => {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    socket.on('error', () => undefined);
    sockets.push(socket);
    return socket;
  };
  const reset = (socket: Socket): void => {
    socket.write(Buffer.from('16', 'hex'), () => socket.resetAndDestroy());
  };
  const hasSecureRoom = async (port: number): Promise<boolean> => {
    const socket = secure(port);
    const answer = await ask(socket);
    socket.destroy();
    return answer.startsWith('HTTP/1.1 200');
  };

  const { api, port } = shared({ tls: tls.listener, limits: LIMITS });

  it('those beyond the limit are closed before the handshake, which counts as well', async () => {
    const before = await refused(api());
    const silent = dial(port());
    await until(async () => (await connections(api())) === 1);
    expect(await ask(secure(port()))).toBe('');
    expect(await refused(api())).toBe(before + 1);
    silent.destroy();
    await until(() => hasSecureRoom(port()));
  });

  it.each<[string, (port: number) => unknown]>([
    ['a handshake that brings no byte', (port) => dial(port)],
    ['a handshake that does not end', (port) => dial(port).write(Buffer.from('160301020001', 'hex'))],
    ['what is no handshake', (port) => dial(port).write(LIVE)],
    ['a handshake that is reset', (port) => reset(dial(port))],
    ['a handshake that is half closed', (port) => dial(port).end(Buffer.from('16', 'hex'))],
    ['an answer', async (port) => void (await ask(secure(port)), sockets.at(-1)?.destroy())],
  ])('the place of a connection is given back after %s', async (_what, begin) => {
    await begin(port());
    await until(() => hasSecureRoom(port()));
    await until(async () => (await connections(api())) === 0);
    expect(await ask(secure(port()))).toMatch(/^HTTP\/1\.1 200 /);
    expect(await ask(secure(port()))).toBe('');
  });
});
