import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { CacheStatus, ReadService } from '@coffer/reads';
import { SecretValue } from '@coffer/secrets';
import { listen, rawRequest } from '../fixture/raw-request.js';
import { openTestApi, type TestApi, type TestApiOptions } from '../fixture/test-api.js';
import { until } from '../fixture/until.js';

const KIB = 1_024;
const MIB = 1_024 * KIB;
const ROOT = '/coffer/v1/main/namespaces';

const FROM_STORE: CacheStatus = { source: 'store', forward: 'bypass' };

/** Every key has a value of so many bytes. */
const valuesOf = (bytes: number, isCached = false): Pick<ReadService, 'resolve' | 'cached'> => {
  const value = new SecretValue('v'.repeat(bytes));
  const resolve: ReadService['resolve'] = ({ path }) => ({
    path,
    value,
    version: 'v1',
    revision: 1,
    cacheStatus: FROM_STORE,
  });
  return {
    resolve,
    cached: (request) => (isCached ? (resolve(request) as ReturnType<ReadService['cached']>) : undefined),
  };
};

const open: TestApi[] = [];
const start = async (options: TestApiOptions): Promise<TestApi> => {
  const api = await openTestApi(options);
  open.push(api);
  return api;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ app }) => app.close()));
});

const keys = (count: number) => Array.from({ length: count }, (_, index) => ({ key: `K${index}` }));
const batch = async (api: TestApi, items: readonly object[]) => {
  const response = await api.call('POST', `${ROOT}/a/resolve`, { payload: { keys: items } });
  return {
    response,
    items: response.json<{ key: string; value?: string; error?: { code: string; detail: string } }[]>(),
  };
};
const figure = async (api: TestApi, name: string): Promise<number> => {
  const { body } = await api.call('GET', '/metrics');
  const line = body.split('\n').find((text) => text.startsWith(`${name} `));
  return Number(line?.slice(name.length));
};
const IN_FLIGHT = 'coffer_http_answers_in_flight_bytes';

describe('the bytes of a batch', () => {
  it.each([
    ['distinct keys', keys(160)],
    ['equal keys', Array.from({ length: 160 }, () => ({ key: 'K' }))],
    ['keys that take turns', Array.from({ length: 160 }, (_, index) => ({ key: `K${index % 8}` }))],
  ])('are bounded: later items of %s are too large', async (_what, asked) => {
    const api = await start({ reads: valuesOf(16 * KIB), budgets: { answer: 512 * KIB } });
    const { response, items } = await batch(api, asked);
    expect(response.statusCode).toBe(200);
    expect(Buffer.byteLength(response.body)).toBeLessThanOrEqual(512 * KIB);
    expect(items.map(({ key }) => key)).toEqual(asked.map(({ key }) => key));
    const given = items.findIndex(({ value }) => value === undefined);
    expect(given).toBeGreaterThan(20);
    expect(items.slice(given).map(({ error }) => error?.code)).toEqual(items.slice(given).map(() => 'too-large'));
    expect(items[given]?.error?.detail).toBe(
      'the answer to the batch would have more than 512 KiB with it (coffer.limits.answer); ask for it in another request',
    );
    expect(await figure(api, 'coffer_budget_refusals_total{budget="answer"}')).toBeGreaterThanOrEqual(1);
    expect(await figure(api, IN_FLIGHT)).toBe(0);
  });

  it('are not used up by an item that no answer has room for', async () => {
    const small = valuesOf(10);
    const large = valuesOf(100 * KIB);
    const resolve: ReadService['resolve'] = (request) => (request.path.key === 'K1' ? large : small).resolve(request);
    const api = await start({ reads: { ...small, resolve }, budgets: { answer: 64 * KIB } });
    const { items } = await batch(api, keys(3));
    expect(items.map(({ value, error }) => value ?? error?.code)).toEqual([
      'v'.repeat(10),
      'too-large',
      'v'.repeat(10),
    ]);
  });

  it('count what errors say too', async () => {
    const namespace = Array.from({ length: 128 }, () => 'a').join('.');
    const api = await start({ budgets: { answer: 512 * KIB } });
    const asked = Array.from({ length: 500 }, (_, index) => ({ key: `K${index}`, namespace }));
    const { response, items } = await batch(api, asked);
    expect(response.statusCode).toBe(200);
    expect(Buffer.byteLength(response.body)).toBeLessThanOrEqual(512 * KIB);
    expect(items[0]?.error?.code).toBe('not-found');
    expect(items[499]?.error?.code).toBe('too-large');
  });
});

describe('one long answer', () => {
  it('that is over the limit is 413 and says what would be right', async () => {
    const api = await start({ reads: valuesOf(MIB), budgets: { answer: MIB } });
    const { statusCode, body, ...response } = await api.call('GET', `${ROOT}/a/values/K`);
    expect([statusCode, response.json().code]).toEqual([413, 'answer-too-large']);
    expect(body).toContain('more than 1 MiB (coffer.limits.answer)');
    expect(body).not.toContain('vvv');
  });

  it('is whole, whatever is in it', async () => {
    const text = '"é😀\\\n'.repeat(50_000);
    const reads = valuesOf(0);
    const resolve: ReadService['resolve'] = ({ path }) => ({
      path,
      value: new SecretValue(text),
      version: 'v1',
      revision: 1,
      cacheStatus: FROM_STORE,
    });
    const api = await start({ reads: { ...reads, resolve } });
    expect((await api.call('GET', `${ROOT}/a/values/K`)).json()).toMatchObject({ value: text });
    const { items, response } = await batch(api, keys(20));
    expect(items.map(({ value }) => value === text)).toEqual(items.map(() => true));
    // So that a caller notices an answer that is cut short.
    expect(response.headers['content-length']).toBe(String(response.rawPayload.length));
    const port = await listen(api.app);
    const headers = { authorization: 'Bearer root' };
    const { body } = await rawRequest(port, { method: 'GET', path: `${ROOT}/a/values/K`, headers });
    expect(JSON.parse(body)).toMatchObject({ value: text });
  });
});

describe('lists with long descriptions', () => {
  const filled = async (budgets: TestApiOptions['budgets']): Promise<TestApi> => {
    const api = await start({ ...(budgets && { budgets }) });
    for (let index = 0; index < 64; index += 1) {
      await api.put('a', `K${String(index).padStart(2, '0')}`, { description: 'd'.repeat(8 * KIB) });
    }
    return api;
  };

  it('are bounded like values, and a smaller page is answered', async () => {
    const api = await filled({ answer: 256 * KIB });
    const list = (size: number) => api.call('GET', `/api/v1/main/namespaces/a/secrets?size=${size}`);
    const refused = await list(64);
    expect([refused.statusCode, refused.json().code]).toEqual([413, 'answer-too-large']);
    expect(refused.json().message).toContain('a smaller `size`');
    const page = (await list(20)).json();
    expect([page.total, page.results.length, page.readOnly]).toEqual([64, 20, false]);
    expect(page.results[19]).toEqual({ key: 'K19', namespace: 'a', description: 'd'.repeat(8 * KIB), tags: [] });
    expect(await figure(api, IN_FLIGHT)).toBe(0);
  });

  it('answer HEAD without a body', async () => {
    const api = await filled(undefined);
    const port = await listen(api.app);
    const headers = { authorization: 'Bearer root' };
    const path = '/api/v1/main/namespaces/a/secrets?size=64';
    expect(await rawRequest(port, { method: 'HEAD', path, headers })).toMatchObject({ status: 200, body: '' });
    await until(async () => (await figure(api, IN_FLIGHT)) === 0);
  });
});

describe('short answers that wait for their record', () => {
  const ASKED = 6;
  const ROOM = 2;

  it.each([
    ['from the store', false],
    ['from memory', true],
  ])('are bounded together: %s', async (_what, isCached) => {
    const held = Promise.withResolvers<void>();
    const audit = { open: async () => ({}), write: () => held.promise, close: async () => undefined };
    const reads = valuesOf(8 * KIB, isCached);
    const api = await start({ reads, audit, budgets: { answersInFlight: (ROOM * 9 + 4) * KIB } });
    const port = await listen(api.app);
    const request = { method: 'GET', path: `${ROOT}/a/values/K`, headers: { authorization: 'Bearer root' } };
    // Waits for no record, and makes the caller known.
    await api.call('GET', '/health/ready');
    const answers = Array.from({ length: ASKED }, () => rawRequest(port, request));
    const refusals = 'coffer_budget_refusals_total{budget="answers-in-flight"}';
    await until(async () => (await api.figures()).get(refusals) === ASKED - ROOM);
    expect((await api.figures()).get(IN_FLIGHT)).toBeGreaterThan(ROOM * 8 * KIB);
    held.resolve();
    const statuses = (await Promise.all(answers)).map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 200, 503, 503, 503, 503]);
    expect((await api.figures()).get(IN_FLIGHT)).toBe(0);
  });
});

describe('a caller who never reads', () => {
  const COUNT = 12;
  const NEVER_MS = 3_600_000;
  const payload = JSON.stringify({ keys: keys(COUNT) });
  const post = `POST ${ROOT}/a/resolve HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer root\r\nContent-Type: application/json\r\nContent-Length: ${payload.length}\r\n\r\n${payload}`;
  const get = `GET ${ROOT}/a/values/K HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer root\r\n\r\n`;
  const deaf = async (port: number, request: string): Promise<Socket> => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.pause();
    socket.write(request);
    return socket;
  };

  it.each([
    ['a batch', post, MIB, false],
    ['a value', get, 12 * MIB, false],
    ['a value that is cached', get, 12 * MIB, true],
  ])('holds few bytes of %s in the connection, and is counted', async (_what, request, bytes, isCached) => {
    const budgets = { answer: 13 * MIB, answersInFlight: 14 * MIB, answerTimeout: NEVER_MS };
    const api = await start({ reads: valuesOf(bytes, isCached), budgets });
    await api.call('GET', `${ROOT}/a/values/K`);
    const port = await listen(api.app);
    const connections: Socket[] = [];
    api.app.getHttpServer().on('connection', (socket: Socket) => connections.push(socket));
    const first = await deaf(port, request);
    await until(async () => (await figure(api, IN_FLIGHT)) > 12 * MIB);
    await until(() => connections.length > 0 && (connections[0] as Socket).writableLength > 0);
    expect((connections[0] as Socket).writableLength).toBeLessThan(2 * MIB);
    if (bytes > MIB) {
      const headers = { authorization: 'Bearer root' };
      const other = await rawRequest(port, { method: 'GET', path: `${ROOT}/a/values/K`, headers });
      expect([other.status, JSON.parse(other.body).code, other.headers['retry-after']]).toEqual([
        503,
        'overloaded',
        '1',
      ]);
      expect(await figure(api, 'coffer_budget_refusals_total{budget="answers-in-flight"}')).toBe(1);
    }
    first.destroy();
    await until(async () => (await figure(api, IN_FLIGHT)) === 0);
    expect(await figure(api, 'coffer_budget_refusals_total{budget="answer-time"}')).toBe(NaN);
  });

  it('leaves room for the metrics, however long they are', async () => {
    const most = 12 * MIB;
    const budgets = { answer: most, answersInFlight: most, answerTimeout: NEVER_MS };
    const api = await start({ reads: valuesOf(most - 8 * KIB), budgets });
    const port = await listen(api.app);
    const first = await deaf(port, get);
    try {
      await until(async () => ((await api.figures()).get(IN_FLIGHT) ?? 0) > most - 8 * KIB);
      const headers = { authorization: 'Bearer root' };
      const shown = await rawRequest(port, { method: 'GET', path: '/metrics', headers });
      expect([shown.status, shown.body]).toEqual([200, expect.stringContaining(IN_FLIGHT)]);
      expect(shown.body.length).toBeGreaterThan(16 * KIB);
    } finally {
      first.destroy();
    }
    await until(async () => (await api.figures()).get(IN_FLIGHT) === 0);
  });

  it.each([
    ['a batch', post, MIB, false],
    ['a value', get, 12 * MIB, false],
    ['a value that is cached', get, 12 * MIB, true],
  ])('is cut before it has had all of %s', async (_what, request, bytes, isCached) => {
    const budgets = { answer: 13 * MIB, answersInFlight: 14 * MIB, answerTimeout: 50 };
    const api = await start({ reads: valuesOf(bytes, isCached), budgets });
    const port = await listen(api.app);
    const first = await deaf(port, request);
    await until(async () => (await figure(api, 'coffer_budget_refusals_total{budget="answer-time"}')) === 1);
    await until(async () => (await figure(api, IN_FLIGHT)) === 0);
    first.destroy();
  });
});
