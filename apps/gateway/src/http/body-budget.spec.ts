import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { listen, rawRequest } from '../fixture/raw-request.js';
import { openTestApi, type TestApi } from '../fixture/test-api.js';
import { until } from '../fixture/until.js';

const MIB = 1_048_576;
const PATH = '/api/v1/main/namespaces/company.team/secrets';
const HEAD = `PUT ${PATH} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n`;
const AUTH = 'Authorization: Bearer root\r\n';

let api: TestApi;
let port: number;
const sockets: Socket[] = [];
beforeEach(async () => {
  api = await openTestApi({ budgets: { bodiesInFlight: 4 * MIB } });
  port = await listen(api.app);
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await api.app.close();
});

const begin = async (text: string, to = port): Promise<Socket> => {
  const socket = connect(to, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(text);
  return socket;
};
const answerOf = async (socket: Socket): Promise<string> => {
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return chunk.toString('utf8');
};
const figure = async (name: string, of = api): Promise<number> => {
  const { body } = await of.call('GET', '/metrics');
  const line = body.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1) ?? NaN);
};
const inUse = (of = api): Promise<number> => figure('coffer_budget_bytes{budget="bodies"}', of);
const connectionsOf = ({ app }: TestApi): Promise<number> =>
  promisify((done: (error: Error | null, count: number) => void) => app.getHttpServer().getConnections(done))();
const put = (key: string) =>
  rawRequest(port, {
    method: 'PUT',
    path: PATH,
    headers: { authorization: 'Bearer root', 'content-type': 'application/json' },
    body: JSON.stringify({ key, value: 'v'.repeat(400_000) }),
  });

describe('bodies of requests under way', () => {
  it('are refused where they do not fit, before they are read, and fit again when others have ended', async () => {
    expect(await figure('coffer_budget_limit_bytes{budget="bodies"}')).toBe(4 * MIB);
    const slow = await begin(`${HEAD}${AUTH}Content-Length: ${4 * MIB - 1_000}\r\n\r\n{`);
    await until(async () => (await inUse()) === 4 * MIB - 1_000);
    const refused = await put('A');
    expect(refused.status).toBe(503);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(refused.body).toContain('coffer.limits.bodiesInFlight');
    expect(await figure('coffer_budget_refusals_total{budget="bodies"}')).toBe(1);
    expect(api.writes.requests).toEqual([]);
    slow.destroy();
    await until(async () => (await inUse()) === 0);
    expect((await put('A')).status).toBe(200);
    await until(async () => (await inUse()) === 0);
  });

  it('are counted as they come where their length is not told', async () => {
    const chunk = `${MIB.toString(16)}\r\n${' '.repeat(MIB)}\r\n`;
    const slow = await begin(`${HEAD}${AUTH}Transfer-Encoding: chunked\r\n\r\n${chunk}${chunk}`);
    await until(async () => (await inUse()) === 2 * MIB);
    const other = await begin(`${HEAD}${AUTH}Transfer-Encoding: chunked\r\n\r\n${chunk}${chunk}${chunk}0\r\n\r\n`);
    const answer = await answerOf(other);
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    expect(answer).toContain('coffer.limits.bodiesInFlight');
    slow.write('0\r\n\r\n');
    expect(await answerOf(slow)).toMatch(/^HTTP\/1\.1 400 /);
    await until(async () => (await inUse()) === 0);
  });

  it('may be left by their caller at any moment, after they were refused too', async () => {
    const roomy = await openTestApi({ budgets: { bodiesInFlight: 64 * MIB } });
    try {
      const roomyPort = await listen(roomy.app);
      const chunked = `${HEAD}${AUTH}Transfer-Encoding: chunked\r\n\r\n${(8 * MIB).toString(16)}\r\n`;
      const leave = async (text: string, refused: boolean): Promise<void> => {
        const socket = await begin(chunked, roomyPort);
        socket.write(text);
        if (refused) expect(await answerOf(socket)).toMatch(/^HTTP\/1\.1 413 /);
        else await until(async () => (await inUse(roomy)) === text.length);
        socket.resetAndDestroy();
        await until(async () => (await inUse(roomy)) === 0);
        // An error event that nobody hears fails this test, as it would end a process.
        await until(async () => (await connectionsOf(roomy)) === 0);
      };
      await leave('{', false);
      await leave(' '.repeat(4 * MIB + 1), true);
      expect(roomy.log).toEqual([]);
    } finally {
      await roomy.app.close();
    }
  });

  it.each([
    ['without credentials', `${HEAD}Content-Length: ${4 * MIB}\r\n\r\n`, '401'],
    ['that lead nowhere', `${HEAD.replace(PATH, '/nowhere')}Content-Length: ${4 * MIB}\r\n\r\n`, '404'],
    ['that are too large', `${HEAD}${AUTH}Content-Length: ${4 * MIB + 1}\r\n\r\n`, '413'],
  ])('%s take no part of the budget', async (_what, head, status) => {
    const socket = await begin(head);
    expect(await answerOf(socket)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(await inUse()).toBe(0);
    expect((await put('A')).status).toBe(200);
  });
});
