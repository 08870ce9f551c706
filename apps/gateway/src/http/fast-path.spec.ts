import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ReadService, ResolvedSecret } from '@coffer/reads';
import { SecretValue } from '@coffer/secrets';
import type { InjectOptions } from 'fastify';
import { listen, rawRequest } from '../fixture/raw-request.js';
import { openTestApi, type TestApi } from '../fixture/test-api.js';

const ROOT = '/coffer/v1/main/namespaces';
const HIT = `${ROOT}/company.team/values/KEY`;

/** What the key `SAME` has. */
let same: {
  readonly value: SecretValue;
  readonly version: string;
  readonly namespace: string;
  readonly remainingTtlMs: number;
};

/** How often the route itself asked. */
let asked = 0;

const reads: Pick<ReadService, 'resolve' | 'cached'> = {
  cached: ({ path, visible }) => {
    if (path.key === 'MISS' || !visible(path.namespace)) return undefined;
    if (path.key === 'SAME') {
      const { value, version, namespace, remainingTtlMs } = same;
      const level = path.levels.find((one) => one.namespace === namespace);
      if (level === undefined) return undefined;
      return { path: level, value, version, revision: 1, cacheStatus: { source: 'l1', remainingTtlMs } };
    }
    const version = path.key === 'ODD' ? (7 as unknown as string) : 'v1';
    return {
      path,
      value: new SecretValue('"é😀'),
      version,
      revision: 1,
      cacheStatus: { source: 'l1', remainingTtlMs: 1_500 },
    };
  },
  resolve: ({ path, inherit, visible }): ResolvedSecret => {
    asked += 1;
    const found = reads.cached({ path, inherit, visible });
    return (
      found ?? {
        path,
        value: new SecretValue('late'),
        version: 'v1',
        revision: 1,
        cacheStatus: { source: 'store', forward: 'bypass' },
      }
    );
  },
};

let api: TestApi;
let port: number;
beforeEach(async () => {
  api = await openTestApi({ reads });
  port = await listen(api.app);
  await api.call('GET', HIT);
  asked = 0;
});
afterEach(() => api.app.close());

const OF_ITS_OWN = new Set(['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding']);

const shown = (status: number, headers: object, body: string) => ({
  status,
  headers: Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !OF_ITS_OWN.has(name))
      .map(([name, value]) => [name, [value].flat().join(', ')]),
  ),
  body: body.replace(/urn:uuid:[0-9a-f-]{36}/, ''),
});

interface Asking {
  readonly method?: 'GET' | 'HEAD' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
}

/** As it comes over a connection, and as the route itself answers, which `inject` asks directly. */
const both = async ({ method = 'GET', path, headers = {}, body }: Asking) => {
  const all = { authorization: 'Bearer root', ...headers };
  const first = await rawRequest(port, { method, path, headers: all, ...(body === undefined ? {} : { body }) });
  const askedBefore = asked;
  const injected: InjectOptions = { method, url: path, headers: all, ...(body === undefined ? {} : { payload: body }) };
  const route = await api.app.inject(injected);
  return {
    answered: shown(first.status, first.headers, first.body),
    byRoute: shown(route.statusCode, route.headers, route.body),
    length: first.headers['content-length'],
    askedBefore,
  };
};

it.each(['company.team/values/KEY', 'company/values/a/b', 'company/values/~.;=', 'a/values/K//'])(
  'what is cached is answered without the route and as the route would: %s',
  async (path) => {
    const { answered, byRoute, length, askedBefore } = await both({ path: `${ROOT}/${path}` });
    expect(answered).toEqual(byRoute);
    expect([answered.status, length]).toEqual([200, String(Buffer.byteLength(answered.body))]);
    expect([askedBefore, asked]).toEqual([0, 1]);
  },
);

it('what is cached is answered as it is now, also where the same value was answered before', async () => {
  const value = new SecretValue('"é😀');
  const path = `${ROOT}/company.team/values/SAME`;
  const shownNow = async (version: string, namespace: string, remainingTtlMs: number): Promise<unknown> => {
    same = { value, version, namespace, remainingTtlMs };
    const { answered, byRoute, length } = await both({ path });
    expect(answered).toEqual(byRoute);
    expect(length).toBe(String(Buffer.byteLength(answered.body)));
    return [answered.headers['etag'], answered.headers['cache-status'], JSON.parse(answered.body)];
  };
  const hit = 'coffer; hit; detail=l1; ttl=';
  const body = { key: 'SAME', namespace: 'company.team', value: '"é😀', version: 'v1' };
  expect(await shownNow('v1', 'company.team', 9_000)).toEqual(['"v1"', `${hit}9`, body]);
  expect(await shownNow('v1', 'company.team', 8_000)).toEqual(['"v1"', `${hit}8`, body]);
  expect(await shownNow('v2', 'company.team', 7_000)).toEqual(['"v2"', `${hit}7`, { ...body, version: 'v2' }]);
  const inherited = { ...body, namespace: 'company', version: 'v2' };
  expect(await shownNow('v2', 'company', 6_000)).toEqual(['"company:v2"', `${hit}6`, inherited]);
});

it.each<[string | string[], string]>([
  ['*/*', 'application/json; charset=utf-8'],
  ['application/json, text/plain, */*', 'application/json; charset=utf-8'],
  ['text/plain', 'text/plain; charset=utf-8'],
  ['application/octet-stream;q=0.1', 'application/octet-stream'],
  [['application/json;q=0.1', 'text/plain'], 'text/plain; charset=utf-8'],
])('what is cached is given as Accept wants it, as the route gives it: %s', async (accept, type) => {
  for (const path of [HIT, HIT]) {
    const { answered, byRoute, askedBefore } = await both({ path, headers: { accept } });
    expect([answered.headers['content-type'], answered.headers['vary']]).toEqual([type, 'accept']);
    expect(answered).toEqual(byRoute);
    expect(askedBefore).toBe(asked - 1);
  }
  expect(asked).toBe(2);
});

it.each<[string, Asking, number]>([
  ['a miss', { path: `${ROOT}/company/values/MISS` }, 200],
  ['a query', { path: `${HIT}?inherit=true` }, 200],
  ['a wrong query', { path: `${HIT}?inherit=no` }, 422],
  ['an escape', { path: `${ROOT}/company/values/K%45Y` }, 200],
  ['a broken escape', { path: `${ROOT}/company/values/%ff` }, 400],
  ['an empty key', { path: `${ROOT}/company/values/` }, 422],
  ['a long key', { path: `${ROOT}/company/values/${'K'.repeat(257)}` }, 422],
  ['a wrong namespace', { path: `${ROOT}/Company/values/KEY` }, 422],
  ['a wrong tenant', { path: '/coffer/v1/secrets/namespaces/company/values/KEY' }, 422],
  ['another path', { path: `${HIT.replace('values', 'valves')}` }, 404],
  ['HEAD', { method: 'HEAD', path: HIT }, 200],
  ['another method', { method: 'POST', path: HIT }, 404],
  ['an answer that was not declared', { path: `${ROOT}/company/values/ODD` }, 500],
  ['wrong credentials', { path: HIT, headers: { authorization: 'Bearer stranger' } }, 401],
  ['another scheme', { path: HIT, headers: { authorization: 'Basic Bearer root' } }, 401],
  ['no permission', { path: HIT, headers: { authorization: 'Bearer lister' } }, 403],
  ['a body', { path: HIT, body: '{}', headers: { 'content-type': 'application/json', 'content-length': '2' } }, 200],
  [
    'too many headers',
    { path: HIT, headers: Object.fromEntries([...Array(98).keys()].map((n) => [`x-${n}`, 'v'])) },
    400,
  ],
])('is left to the route: %s', async (_what, asking, status) => {
  const { answered, byRoute } = await both(asking);
  expect(answered).toEqual(byRoute);
  expect(answered.status).toBe(status);
  expect(asked).toBe(status === 200 || status === 500 ? 2 : 0);
});

it('is left to the route: credentials in two headers', async () => {
  const send = (authorization: string[]) => rawRequest(port, { method: 'GET', path: HIT, headers: { authorization } });
  expect((await send(['Bearer root', 'Basic Og=='])).status).toBe(401);
  expect((await send(['Basic Og==', 'Bearer root'])).status).toBe(200);
  expect(asked).toBe(1);
});

it('is left to the route, which refuses it: two Host headers', async () => {
  const send = async (...hosts: readonly string[]): Promise<string> => {
    const socket = connect(port, '127.0.0.1');
    const lines = [`GET ${HIT} HTTP/1.1`, ...hosts.map((host) => `Host: ${host}`), 'authorization: Bearer root'];
    socket.write([...lines, 'connection: close', '', ''].join('\r\n'));
    return text(socket);
  };
  expect(await send('a')).toMatch(/^HTTP\/1\.1 200 /);
  expect(await send('a', 'a')).toMatch(/^HTTP\/1\.1 400 .*more than one Host header/s);
});

it('is counted as the route counts', async () => {
  const counted = async (): Promise<number> => {
    const { body } = await api.call('GET', '/metrics');
    const series = /^coffer_http_requests?_.*_count\{.*values\/\*".*status="200".*\} (\d+)$/m.exec(body);
    return Number(series?.[1]);
  };
  const before = await counted();
  await both({ path: HIT });
  expect(await counted()).toBe(before + 2);
});

it('a connection is not kept alive by what is cached once the server closes', async () => {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  const head = `GET ${HIT} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer root\r\n`;
  // The first tells that the server has read so far.
  socket.write(`${head}\r\n${head}`);
  await once(socket, 'data');
  expect(text).toMatch(/\r\nConnection: keep-alive\r\n/i);
  text = '';
  const closed = api.app.close();
  while (api.app.getHttpServer().listening) await new Promise((later) => setImmediate(later));
  socket.write('\r\n');
  await once(socket, 'close');
  expect(text).toMatch(/^HTTP\/1\.1 200 [^]*\r\nConnection: close\r\n/i);
  await closed;
});
