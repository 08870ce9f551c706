import { connect } from 'node:net';
import { CofferError, fenceOf, SecretPath, SecretValue } from '@coffer/secrets';
import { Metrics } from '@coffer/observability';
import { EventStream } from '../fixture/event-stream.js';
import { listen } from '../fixture/raw-request.js';
import { CALLERS, openTestApi, type TestApi, type TestApiOptions } from '../fixture/test-api.js';
import { until } from '../fixture/until.js';
import { EventHub } from './event-hub.js';

const opened: TestApi[] = [];
const streams: EventStream[] = [];
afterEach(async () => {
  for (const stream of streams.splice(0)) stream.close();
  for (const api of opened.splice(0)) await api.app.close();
});

const open = async (options: TestApiOptions = {}) => {
  const api = await openTestApi(options);
  opened.push(api);
  const hub = api.app.get(EventHub, { strict: false });
  await api.messaging.log.tail([0], { read: (entry) => hub.read(entry) });
  const port = await listen(api.app);
  const url = `http://127.0.0.1:${port}/coffer/v1/main/events`;
  const watch = async (query = '', as = 'root', headers: Record<string, string> = {}): Promise<EventStream> => {
    const stream = await EventStream.open(`${url}${query}`, as, headers);
    streams.push(stream);
    if (stream.status === 200) await stream.next('ready');
    return stream;
  };
  return { api, hub, port, watch };
};

const figure = async (api: TestApi, name: string): Promise<number> => {
  const text = await api.app.get(Metrics).text();
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(name))
      ?.split(' ')
      .at(-1) ?? NaN,
  );
};
const keysOf = (stream: EventStream): unknown[] => stream.events.flatMap(({ data }) => data['key'] ?? []);

it('tells what took effect, in its order, with its version and never its value', async () => {
  const { api, watch } = await open();
  const stream = await watch();
  await api.put('company.team', 'A', { value: 'the very value' });
  await api.call('DELETE', '/api/v1/main/namespaces/company.team/secrets/A');
  await stream.next('delete');
  const [, change, removal] = stream.events;
  expect(change).toMatchObject({ type: 'change', data: { namespace: 'company.team', key: 'A', operation: 'op-1' } });
  expect(change?.data['version']).toEqual(expect.any(String));
  expect(removal?.data).toEqual({ namespace: 'company.team', key: 'A', operation: 'op-2' });
  expect(stream.text).not.toContain('very value');
  expect(api.audited().find(({ action }) => action === 'events.watch')).toMatchObject({ outcome: 'ok' });
});

it('tells nobody of what they may not list or have not asked for', async () => {
  const { api, watch } = await open();
  const all = await watch();
  const team = await watch('', 'team');
  const one = await watch('?namespace=company&children=false');
  const below = await watch('?namespace=company');
  for (const namespace of ['company', 'company.team', 'company.teams', 'foreign']) await api.put(namespace, namespace);
  await api.put('company.team', 'LAST');
  await until(() => keysOf(all).includes('LAST') && keysOf(team).includes('LAST') && keysOf(below).includes('LAST'));
  expect(keysOf(all)).toEqual(['company', 'company.team', 'company.teams', 'foreign', 'LAST']);
  expect(keysOf(team)).toEqual(['company.team', 'LAST']);
  expect(keysOf(one)).toEqual(['company']);
  expect(keysOf(below)).toEqual(['company', 'company.team', 'company.teams', 'LAST']);
  expect((await watch('', 'reader')).status).toBe(403);
});

it('is refused of a namespace where the caller may list nothing, and ends once that is so', async () => {
  let grants = CALLERS['lister'] ?? [];
  const { watch } = await open({
    authenticator: { authenticate: async () => ({ id: 'token:root', grants }), known: () => undefined },
  });
  const statusOf = async (query: string) => (await watch(`?namespace=${query}`)).status;
  for (const query of ['company', 'company&children=false', 'company.team']) {
    expect([query, await statusOf(query)]).toEqual([query, 200]);
  }
  for (const query of ['foreign', 'companyb', 'foreign&children=false']) {
    expect([query, await statusOf(query)]).toEqual([query, 403]);
  }
  grants = CALLERS['team'] ?? [];
  expect([await statusOf('company'), await statusOf('company&children=false')]).toEqual([200, 403]);
  const stream = await watch('?namespace=company.team');
  grants = [{ tenant: 'main', namespace: 'foreign', permissions: ['list'] }];
  expect((await stream.next('end')).data).toEqual({ reason: 'revoked' });
});

it('demands that everything be fetched anew once the caller may see something else', async () => {
  let grants = CALLERS['lister'] ?? [];
  const { api, watch } = await open({
    authenticator: { authenticate: async () => ({ id: 'token:root', grants }), known: () => undefined },
  });
  const stream = await watch();
  grants = [{ tenant: 'main', namespace: 'foreign', permissions: ['list', 'write'] }];
  expect((await stream.next('resync')).data).toEqual({ reason: 'access' });
  await api.put('foreign', 'SEEN');
  await until(() => keysOf(stream).includes('SEEN'));
  expect(stream.events.filter(({ type }) => type === 'resync')).toHaveLength(1);
});

it('goes on where the client has left off, without loss and without repetition', async () => {
  const { api, watch } = await open();
  const first = await watch();
  await api.put('company', 'A');
  const { id = '' } = await first.next('change');
  first.close();
  await api.put('company', 'B');
  await api.put('foreign', 'C');
  for (const again of [await watch(`?since=${id}`), await watch('', 'root', { 'last-event-id': id })]) {
    await until(() => keysOf(again).includes('C'));
    expect(again.events[0]).toMatchObject({ type: 'ready', data: { resumed: true } });
    expect(keysOf(again)).toEqual(['B', 'C']);
    // The changes are sent again with all that was sent first, though nobody watched when they came.
    const changes = again.events.filter(({ type }) => type === 'change').map(({ data }) => data);
    expect(changes).toEqual(Array(2).fill(expect.objectContaining({ version: expect.any(String), revision: 1 })));
  }
  await api.put('company', 'D');
  const live = streams.slice(1);
  await until(() => live.every((stream) => keysOf(stream).includes('D')));
  expect(live.map(keysOf)).toEqual([
    ['B', 'C', 'D'],
    ['B', 'C', 'D'],
  ]);
});

it('demands that everything be fetched anew where it cannot go on', async () => {
  const { api, watch } = await open();
  await api.put('company', 'A');
  const many = `1${'.0000000000000'.repeat(1_000)}`;
  for (const since of ['x', '1.2.3', '0.5', many]) {
    const stream = await watch('', 'root', { 'last-event-id': since });
    expect(stream.status).toBe(200);
    expect([since, (await stream.next('resync')).data]).toEqual([since, { reason: 'expired' }]);
  }
});

it('takes no position of another log, however recent: of another Coffer, or of a process before this one', async () => {
  const [first, second] = [await open(), await open()];
  for (const { api } of [first, second]) await api.put('company', 'A');
  const stream = await first.watch();
  await first.api.put('company', 'B');
  const { id = '' } = await stream.next('change');
  for (const again of [await second.watch(`?since=${id}`), await second.watch('', 'root', { 'last-event-id': id })]) {
    expect(again.events[0]).toMatchObject({ type: 'ready', data: { resumed: false } });
    expect((await again.next('resync')).data).toEqual({ reason: 'expired' });
    const resumed = await second.watch(`?since=${again.events.at(-1)?.id ?? ''}`);
    expect(resumed.events[0]).toMatchObject({ type: 'ready', data: { resumed: true } });
  }
});

it('hints at writes that are under way, without an id', async () => {
  const { api, watch } = await open();
  const stream = await watch();
  const path = SecretPath.of('main', 'company', 'A').toString();
  const common = { partition: 0, owner: 0n, path, fence: fenceOf(1, 1n), operation: 'op' };
  const { log } = api.messaging;
  const offset = await log.append(0, { type: 'PREPARE', ...common, prepareNumber: 1 });
  for (const prepareOffset of [offset + 1_000n, offset, offset]) {
    await log.append(0, { type: 'CLEARED', epoch: 0n, prepareOffset });
  }
  await log.append(0, { type: 'ABORT', ...common, kind: 'put', fingerprint: '', code: 'invalid' });
  await stream.next('settled');
  const data = { namespace: 'company', key: 'A', operation: 'op' };
  expect(stream.events.slice(1)).toEqual(['writing', 'cleared', 'settled'].map((type) => ({ type, data })));
});

it('tells what somebody changed in the store without Coffer', async () => {
  const { api, watch } = await open({ refreshMs: 20 });
  const stream = await watch();
  await api.call('GET', '/coffer/v1/main/secrets');
  const path = SecretPath.of('main', 'company', 'OUTSIDE');
  const put = { kind: 'put', path, value: new SecretValue('x'), metadata: { tags: [] } } as const;
  await api.backend.apply(put, { fence: fenceOf(1, 9n), signal: new AbortController().signal });
  const { data } = await stream.next('drift');
  expect(data).toEqual({ namespace: 'company', key: 'OUTSIDE', kind: 'appeared', version: expect.any(String) });
});

it('says that the log is out of reach, to those who come then as well, and that it is back', async () => {
  const { api, watch } = await open();
  const { log } = api.messaging;
  const first = await watch();
  const reachEnd = log.reachEnd.bind(log);
  log.reachEnd = () => Promise.reject(new Error('out of reach'));
  expect((await first.next('stale')).data).toEqual({ ageSeconds: expect.any(Number) });
  const second = await watch('?namespace=company', 'lister');
  await second.next('stale');
  log.reachEnd = reachEnd;
  for (const stream of [first, second]) {
    const { type, id } = await stream.next('fresh');
    expect({ type, id }).toEqual({ type: 'fresh' });
  }
  await api.put('company', 'A');
  await second.next('change');
});

it('ends once the access of the caller was taken away', async () => {
  let grants = CALLERS['root'] ?? [];
  const principal = () => {
    if (grants.length === 0) throw new CofferError('unauthorized', 'credentials are missing or wrong');
    return { id: 'token:root', grants };
  };
  const { api, watch } = await open({
    authenticator: { authenticate: async () => principal(), known: () => undefined },
  });
  const stream = await watch();
  grants = CALLERS['team'] ?? [];
  // Narrower grants count as well, once they were looked at.
  await until(async () => {
    await api.put('company.team', 'SEEN');
    const seen = keysOf(stream).length;
    return seen > 0;
  });
  grants = [];
  expect((await stream.next('end')).data).toEqual({ reason: 'revoked' });
  await until(() => stream.over);
  expect(await figure(api, 'coffer_event_watchers_ended_total{reason="revoked"}')).toBe(1);
});

it('ends with the process', async () => {
  const { api, watch } = await open();
  const stream = await watch();
  await api.app.close();
  expect((await stream.next('end')).data).toEqual({ reason: 'closing' });
  await until(() => stream.over);
});

it('cuts a reader that does not read, and nobody else feels it', async () => {
  const { api, hub, port, watch } = await open();
  const other = await watch();
  const slow = connect(port, '127.0.0.1');
  slow.on('error', () => undefined);
  slow.write('GET /coffer/v1/main/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer root\r\n\r\n');
  await until(async () => (await figure(api, 'coffer_event_watchers ')) === 2);
  slow.pause();
  const key = 'K'.repeat(200);
  let offset = 1_000n;
  await until(async () => {
    for (let n = 0; n < 500; n += 1) {
      offset += 1n;
      const path = SecretPath.of('main', 'company', `${key}${offset}`).toString();
      const record = {
        type: 'COMMIT',
        partition: 0,
        owner: 0n,
        path,
        fence: fenceOf(1, offset),
        operation: 'o',
      } as const;
      const end = { kind: 'delete', fingerprint: '', outcome: 'applied', sealed: new Uint8Array() } as const;
      hub.read({ shard: 0, offset, timestamp: Date.now(), record: { ...record, ...end } });
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
    return (await figure(api, 'coffer_event_watchers ')) === 1;
  });
  expect(await figure(api, 'coffer_event_watchers_ended_total{reason="slow"}')).toBe(1);
  await until(() => keysOf(other).at(-1) === `${key}${offset}`);
  slow.destroy();
});

it('forgets a reader that has gone, and one that asked for headers alone', async () => {
  const { api, watch } = await open();
  const stream = await watch();
  stream.close();
  await until(async () => (await figure(api, 'coffer_event_watchers ')) === 0);
  await api.call('GET', '/health/live');
  const head = await api.app.inject({
    method: 'HEAD',
    url: '/coffer/v1/main/events',
    headers: { authorization: 'Bearer root' },
  });
  expect(head.statusCode).toBe(200);
  await until(async () => (await figure(api, 'coffer_event_watchers ')) === 0);
});

it('has room for so many readers of one caller, and takes others', async () => {
  const { hub, watch } = await open();
  const options = { tenant: 'main', caller: 'token:root', sees: () => true };
  for (let n = 0; n < 250; n += 1) hub.watch(options, undefined);
  expect((await watch()).status).toBe(429);
  expect((await watch('', 'team')).status).toBe(200);
});
