import { once } from 'node:events';
import { connect, Server, type Socket } from 'node:net';
import { Authenticator, createAccessToken, hashAccessToken } from '@coffer/access';
import { KeyRing } from '@coffer/crypto';
import { Metrics } from '@coffer/observability';
import { SecretValue } from '@coffer/secrets';
import { HEALTH_LIMITS, serveHealth, type HealthLimits } from './health-server.js';

const HOUR_MS = 3_600_000;
/** Cuts nobody for the time that the machine takes. */
const PATIENT = { ...HEALTH_LIMITS, headersMs: HOUR_MS, requestMs: HOUR_MS, idleMs: HOUR_MS, connections: 3 };
const HASTY = { ...PATIENT, headersMs: 50, requestMs: 100, checkIntervalMs: 20 };

describe('the health server', () => {
  let port: number;
  let close: () => void;
  let http: Server;
  const metrics = new Metrics();
  let missing: string[] = [];
  let token = '';
  const sockets: Socket[] = [];

  const open = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  };
  /** Everything that comes until the server closes the connection. */
  const untilClosed = (socket: Socket): Promise<string> =>
    new Promise((resolve) => {
      let text = '';
      socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
      socket.on('close', () => resolve(text));
    });
  const send = (bytes: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    sockets.push(socket);
    socket.write(bytes);
    return untilClosed(socket);
  };

  const start = async (limits: HealthLimits): Promise<void> => {
    const secret = new SecretValue(Buffer.alloc(32, 7).toString('base64'));
    const ring = await KeyRing.derive([{ id: 'k', secret, active: true }]);
    const admin = createAccessToken();
    token = admin.reveal();
    const grants = [{ tenant: 'main', namespace: '*', permissions: ['admin' as const] }];
    const tokens = [{ id: 'admin', hash: hashAccessToken(ring, admin), grants }];
    const authenticator = new Authenticator(ring, { tokens, users: [] });
    const settings = { host: '127.0.0.1', port: 0, keepAliveTimeout: limits.idleMs };
    const options = { metrics, missing: () => missing, authenticator, settings, limits };
    const listening = jest.spyOn(Server.prototype, 'listen');
    const server = await serveHealth(options);
    http = listening.mock.contexts[0] as Server;
    listening.mockRestore();
    port = Number(new URL(server.address).port);
    close = server.close;
  };
  beforeEach(() => start(PATIENT));
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    close();
  });

  it('answers', async () => {
    const answer = await send('GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it('names no store to a caller without a token, and all that is missing to an administrator', async () => {
    missing = ['store acme/payments: unreachable', 'store default: unreachable', 'partition 3: fence-ahead'];
    const ask = (header: string) => send(`GET /health/ready HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${header}\r\n`);
    for (const header of ['', 'Authorization: Bearer wrong\r\n']) {
      const anonymous = await ask(header);
      expect(anonymous).toMatch(/^HTTP\/1\.1 503 /);
      expect(anonymous).toContain('{"status":"unavailable","missing":["a store","partition 3: fence-ahead"]}');
    }
    expect(await ask(`Authorization: Bearer ${token}\r\n`)).toContain('store acme/payments: unreachable');
    missing = [];
  });

  it('says which methods there are, and where health is', async () => {
    const ask = (line: string) => send(`${line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(await ask('HEAD /health/live')).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\n$/);
    expect(await ask('OPTIONS /health/live')).toMatch(/^HTTP\/1\.1 204 [^]*\r\nAllow: GET, HEAD, OPTIONS\r\n/);
    expect(await ask('DELETE /health/live')).toMatch(/^HTTP\/1\.1 405 /);
    expect(await ask('GET /healthz')).toMatch(/^HTTP\/1\.1 404 [^]*health is at \/health\/live/);
  });

  it('cuts who does not end the headers', async () => {
    close();
    await start(HASTY);
    expect(await send('GET /health/live HTTP/1.1\r\nHost: a\r\nX-Slow: ')).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('cuts who sends nothing at all', async () => {
    close();
    await start(HASTY);
    const socket = await open();
    await untilClosed(socket);
  });

  it('reads no body, and keeps no connection that brings one', async () => {
    const answer = await send('GET /health/live HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n{');
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toMatch(/connection: close/i);
    expect(await send('POST /metrics HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')).toMatch(/ 413 /);
  });

  it('refuses headers beyond its limit', async () => {
    const { headerBytes } = HEALTH_LIMITS;
    const answer = await send(`GET /health/live HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(headerBytes)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('holds a bounded number of connections, and has room again when one ends', async () => {
    const held = await Promise.all(Array.from({ length: PATIENT.connections }, open));
    const ask = 'GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    expect(await send(ask)).toBe('');
    held[0]?.destroy();
    for (let answer = ''; !answer.startsWith('HTTP/1.1 200');) answer = await send(ask);
  });

  it('goes on when connections cannot be accepted', async () => {
    const failure = Object.assign(new Error('accept ENFILE'), { code: 'ENFILE', syscall: 'accept' });
    for (let times = 0; times < 3; times += 1) expect(http.emit('error', failure)).toBe(true);
    expect(await send('GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toMatch(/ 200 OK/);
  });

  it('answers 500, and goes on, when what it should show cannot be told', async () => {
    const fails = (): never => {
      throw new Error('hunter2');
    };
    const ask = (path: string) =>
      send(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    metrics.onScrape.add(fails);
    const figures = await ask('/metrics');
    metrics.onScrape.delete(fails);
    expect(figures).not.toContain('hunter2');
    expect(figures).toMatch(/^HTTP\/1\.1 500 [^]*\{"code":"internal"\}/);
    expect(await ask('/metrics')).toMatch(/^HTTP\/1\.1 200 /);
  });
});
