import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Metrics } from '@coffer/observability';
import { DEFINITIONS } from '../fixture/controllers.js';
import { fullPaths, type EndpointDefinition } from './endpoint/endpoint.js';
import { listen, rawRequest } from '../fixture/raw-request.js';
import { openTestApi, type TestApi } from '../fixture/test-api.js';
import { until } from '../fixture/until.js';

let api: TestApi;
let port: number;
beforeAll(async () => {
  api = await openTestApi({ vault: {} });
  port = await listen(api.app);
});
afterAll(() => api.app.close());

const authorization = 'Bearer root';
const raw = (method: string, path: string, more: { headers?: Record<string, string>; body?: string } = {}) =>
  rawRequest(port, { method, path, ...more, headers: { authorization, ...more.headers } });
const NAMES: Readonly<Record<string, string>> = { tenant: 'main', namespace: 'a', id: 'x', key: 'K' };
const urlOf = (path: string): string =>
  path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => NAMES[name] ?? 'x') || '/';
const routesOf = (definitions: readonly EndpointDefinition[]) =>
  definitions.flatMap((definition) => fullPaths(definition).map((path) => [definition.method, urlOf(path)] as const));
/** The console's own addresses, and where an issuer sends people back to: what their queries say is for others. */
const ANY_QUERY = DEFINITIONS.filter(({ query }) => query?.safeParse({ B: '' }).success === true);
/** Answers that go on until the caller leaves. */
const ENDLESS = DEFINITIONS.filter(({ answers }) => answers[200]?.types?.includes('text/event-stream') === true);
const except = (definitions: readonly EndpointDefinition[]) =>
  routesOf(DEFINITIONS.filter((definition) => !definitions.includes(definition)));

describe('a query that an endpoint does not have', () => {
  it('is let through by nothing else than the console, an issuer’s log-in, and what Vault’s clients ask of no secret', () => {
    const vault = ANY_QUERY.filter(({ face }) => face === 'vault');
    expect(vault.filter(({ path }) => !/^(sys|auth)\//.test(path.replace(/^\//, '')))).toEqual([]);
    const others = ANY_QUERY.filter(({ face }) => face !== 'vault');
    expect(others.map(({ id }) => id).sort()).toEqual(['consoleFile', 'consoleIndex', 'consoleRedirect', 'endLogin']);
  });

  it.each(except(ANY_QUERY))('%s %s refuses it', async (method, url) => {
    const before = api.writes.requests.length;
    const answer = await raw(method, `${url}?B`, { headers: { 'content-type': 'application/json' } });
    const body = JSON.parse(answer.body) as { code: string; errors: string[] };
    if (url.startsWith('/v1/')) expect([answer.status, body.errors]).toEqual([400, [expect.stringContaining('query')]]);
    else expect([answer.status, body.code]).toEqual([422, 'invalid']);
    expect(api.writes.requests).toHaveLength(before);
  });

  it.each([
    ['DELETE', '/api/v1/main/namespaces/a/secrets/A?B'],
    ['DELETE', '/api/v1/main/namespaces/a/secrets/A?'],
    ['DELETE', '/api/v1/main/namespaces/a/secrets/A?&'],
    ['PATCH', '/api/v1/main/namespaces/a/secrets/A?B'],
    ['PATCH', '/api/v1/namespaces/a/secrets/A?'],
    ['DELETE', '/coffer/v1/main/namespaces/a/cache/A?B=1'],
  ])('%s %s changes nothing', async (method, path) => {
    await api.put('a', 'A');
    const before = api.writes.requests.length;
    const body =
      method === 'PATCH' ? { body: '{"description":"x"}', headers: { 'content-type': 'application/json' } } : {};
    expect((await raw(method, path, body)).status).toBe(422);
    expect(api.writes.requests).toHaveLength(before);
    expect(JSON.parse((await raw('GET', '/coffer/v1/main/namespaces/a/values/A')).body)).toMatchObject({ key: 'A' });
  });

  it('leaves what is no query alone: an escaped ?, a ;, a / at the end', async () => {
    for (const key of ['A?B', 'A;b=c', 'A/']) {
      await api.put('a', key);
      expect((await raw('DELETE', `/api/v1/main/namespaces/a/secrets/${key.replace('?', '%3F')}`)).status).toBe(204);
      expect(api.writes.requests.at(-1)?.mutation.path.key).toBe(key);
    }
    expect((await raw('GET', '/api/v1/main/secrets?')).status).toBe(200);
  });
});

describe('the answer to a write of a key', () => {
  const put = async (key: string) => {
    const answer = await api.call('PUT', '/api/v1/main/namespaces/a/secrets', { payload: { key, value: 'v' } });
    return [answer.statusCode, answer.headers['warning']] as const;
  };

  it.each(['A?B', 'A#B', '100%', 'a%41', '../x', 'a/./b', '/a', 'a/', 'a//b', 'a\\b'])(
    '%s warns that some clients cannot address it',
    async (key) => {
      expect(await put(key)).toEqual([
        200,
        expect.stringMatching(/^299 coffer "some clients address another key .*"$/),
      ]);
    },
  );

  it.each(['A', 'a/b', 'a.b', 'a b', 'é;=&+', '...'])('%s does not', async (key) => {
    expect(await put(key)).toEqual([200, undefined]);
  });

  it('warns of a queued one too, and quotes nothing', async () => {
    const headers = { prefer: 'respond-async' };
    const payload = { key: 'HUNTER2?', value: 'v' };
    const answer = await api.call('PUT', '/api/v1/main/namespaces/a/secrets', { payload, headers });
    expect([answer.statusCode, answer.headers['warning']]).toEqual([202, expect.not.stringContaining('HUNTER2')]);
    expect(answer.headers['location']).toMatch(/operations/);
  });
});

describe('a compressed body', () => {
  const path = '/api/v1/main/namespaces/a/secrets';
  const send = async (encoding: string, payload: string | Buffer) =>
    api.call('PUT', path, { payload, headers: { 'content-type': 'application/json', 'content-encoding': encoding } });

  it.each(['gzip', 'deflate', 'br', 'zstd', 'identity, gzip'])(
    '%s is 415 and says what would be right',
    async (encoding) => {
      const before = api.writes.requests.length;
      const answer = await send(encoding, gzipSync('{"key":"K","value":"v"}'));
      expect([answer.statusCode, answer.json().code, answer.headers['accept-encoding']]).toEqual([
        415,
        'unsupported-media-type',
        'identity',
      ]);
      expect(answer.json().message).toContain('without Content-Encoding');
      expect(api.writes.requests).toHaveLength(before);
    },
  );

  it.each(['identity', ''])('"%s" is none', async (encoding) => {
    expect((await send(encoding, '{"key":"K","value":"v"}')).statusCode).toBe(200);
  });
});

describe('OPTIONS and HEAD, as load balancers send them', () => {
  const options = (path: string) => rawRequest(port, { method: 'OPTIONS', path });

  it.each([
    ['/', 'GET, HEAD, OPTIONS'],
    ['/health/live', 'GET, HEAD, OPTIONS'],
    ['/health/ready?x=1', 'GET, HEAD, OPTIONS'],
    ['/api/v1/main/namespaces/a/secrets', 'PUT, POST, GET, HEAD, OPTIONS'],
    ['/api/v1/namespaces/a/secrets/a%2Fb/c', 'PATCH, DELETE, OPTIONS'],
    ['/coffer/v1/main/namespaces/a/values/K', 'GET, HEAD, PUT, DELETE, OPTIONS'],
  ])('OPTIONS %s says which methods there are, without a token', async (path, allow) => {
    const answer = await options(path);
    expect([answer.status, answer.headers['allow'], answer.body]).toEqual([204, allow, '']);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('OPTIONS * is of the server, and of no path is 404', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write('OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    expect(chunk.toString()).toMatch(/^HTTP\/1\.1 204 [^]*\r\nallow: [A-Z, ]*DELETE[A-Z, ]*\r\n/i);
    socket.destroy();
    expect((await options('/nowhere')).status).toBe(404);
  });

  it.each(routesOf(ENDLESS))('HEAD of %s %s ends, and leaves nothing behind', async (_method, url) => {
    const head = await raw('HEAD', url);
    expect([head.status, head.body]).toEqual([200, '']);
    await until(async () => (await api.app.get(Metrics).text()).includes('coffer_event_watchers 0'));
  });

  it.each(except(ENDLESS).filter(([method]) => method === 'GET'))(
    'HEAD of %s %s is as GET, without a body',
    async (_method, url) => {
      const [got, head] = [await raw('GET', url), await raw('HEAD', url)];
      expect([head.status, head.body]).toEqual([got.status, '']);
      const without = await rawRequest(port, { method: 'HEAD', path: url });
      expect(without.status).toBe((await rawRequest(port, { method: 'GET', path: url })).status);
    },
  );
});

describe('a path that leads nowhere says where to go', () => {
  const detail = async (path: string): Promise<string> => {
    const answer = await rawRequest(port, { method: 'GET', path });
    const body = JSON.parse(answer.body) as { readonly code: string; readonly detail: string };
    expect([answer.status, body.code]).toEqual([404, 'no-such-route']);
    return body.detail;
  };

  it.each([
    '/health',
    '/health/',
    '/healthz',
    '/healthcheck',
    '/health-check',
    '/livez',
    '/live',
    '/readyz',
    '/ready',
    '/status',
    '/ping',
    '/up',
    '/-/healthy',
    '/-/ready',
    '/_health',
    '/actuator/health',
    '/actuator/health/readiness',
    '/api/v1/health',
    '/coffer/v1/main/health',
    '/health/live/',
    '//health/live',
    '/health%2Flive',
    '/HEALTH/LIVE',
    '/health.json',
    '/startupz',
    '/startup',
    '/isalive',
    '/__health',
    '/__heartbeat__',
    '/lb-status',
    '/server-status',
    '/probe',
    '/monitoring',
    '/ok',
  ])('%s: where health is', async (path) => {
    expect(await detail(path)).toContain('health is at /health/live (the process), /health/ready (reads)');
  });

  it.each(['//', '//api/v1/secrets', '/api/v1/secrets/', '/coffer/v1/main/namespaces/a/resolve/'])(
    '%s: the base address has a slash too many',
    async (path) => {
      expect(await detail(path)).toContain('give clients the base address without a slash at its end');
    },
  );

  it.each(['/metrics/', '/prometheus', '/actuator/prometheus', '/admin/metrics'])(
    '%s: where figures are',
    async (path) => {
      expect(await detail(path)).toContain('figures for Prometheus are at /metrics');
    },
  );

  it('any other: the description', async () => {
    expect(await detail('/nowhere')).toContain('GET /openapi.json');
  });
});

it.each(['a.', 'a..b', 'a.b.', 'a...'])('the namespace %s is 422 and says why', async (namespace) => {
  const before = api.writes.requests.length;
  const answers = [
    await api.call('PUT', `/api/v1/main/namespaces/${namespace}/secrets`, { payload: { key: 'K', value: 'v' } }),
    await api.call('GET', `/coffer/v1/main/namespaces/${namespace}/values/K`),
    await api.call('GET', `/api/v1/main/namespaces/${namespace}/secrets`),
  ];
  for (const answer of answers) {
    expect([answer.statusCode, answer.json().detail]).toEqual([
      422,
      'invalid namespace: it must not end in a dot, nor have two dots in a row',
    ]);
  }
  expect(api.writes.requests).toHaveLength(before);
  const batch = await api.call('POST', '/coffer/v1/main/namespaces/a/resolve', {
    payload: { keys: [{ key: 'K', namespace }] },
  });
  expect(batch.json()[0].error.code).toBe('invalid');
});

describe('numbers beyond 2^53', () => {
  const LONG = '12345678901234567890';

  it('keep their digits in filters', async () => {
    await api.put('numbers', 'N', { tags: [{ key: 'id', value: LONG }] });
    const filter = encodeURIComponent(`{"field":"tags","operation":"EQUALS","value":{"id":${LONG}}}`);
    const list = await api.call('GET', `/api/v1/main/namespaces/numbers/secrets?filters=${filter}`);
    expect(list.json()).toMatchObject({ total: 1, results: [{ tags: [{ key: 'id', value: LONG }] }] });
  });

  it('are refused where a text is wanted, never rounded', async () => {
    const before = api.writes.requests.length;
    const answer = await api.call('PATCH', '/api/v1/main/namespaces/numbers/secrets/N', {
      payload: `{"tags":[{"key":"id","value":${LONG}}]}`,
      headers: { 'content-type': 'application/json' },
    });
    expect([answer.statusCode, answer.json().code]).toEqual([422, 'invalid']);
    expect(answer.json().message).toContain('tags[0].value');
    expect(api.writes.requests).toHaveLength(before);
  });
});

it.each(['{}', '{"key":"k","value":""}'])('more tags than any store keeps are refused at once: %s', async (tag) => {
  const before = api.writes.requests.length;
  const tags = `[${Array.from({ length: 257 }, () => tag).join(',')}]`;
  for (const [method, path] of [
    ['PUT', '/api/v1/main/namespaces/a/secrets'],
    ['PATCH', '/api/v1/main/namespaces/a/secrets/K'],
  ] as const) {
    const payload = `{"key":"K",${method === 'PUT' ? '"value":"v",' : ''}"tags":${tags}}`;
    const answer = await api.call(method, path, { payload, headers: { 'content-type': 'application/json' } });
    expect([answer.statusCode, answer.json().detail]).toEqual([422, 'invalid body: tags: must have at most 256 tags']);
  }
  expect(api.writes.requests).toHaveLength(before);
});
