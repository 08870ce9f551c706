import { request } from 'node:http';
import { CofferError, fenceOf, SecretPath, SecretValue } from '@coffer/secrets';
import { EventHub } from '../events/event-hub.js';
import { listen } from '../fixture/raw-request.js';
import { CALLERS, openTestApi, type TestApi, type TestApiOptions } from '../fixture/test-api.js';
import { until } from '../fixture/until.js';

const opened: TestApi[] = [];
afterEach(async () => {
  for (const api of opened.splice(0)) await api.app.close();
});

const open = async (options: TestApiOptions = {}) => {
  const api = await openTestApi(options);
  opened.push(api);
  const hub = api.app.get(EventHub, { strict: false });
  await api.messaging.log.tail([0], { read: (entry) => hub.read(entry) });
  const waiting = async (): Promise<number> => (await api.figures()).get('coffer_change_waiters') ?? NaN;
  return {
    api,
    waiting,
    waiters: (count: number) => until(async () => (await waiting()) === count),
    read: (key: string, query = '', headers: Record<string, string> = {}, as = 'root', namespace = 'company.team') =>
      api.call('GET', `/coffer/v1/main/namespaces/${namespace}/values/${key}${query}`, { headers, as }),
  };
};

it('is answered once the version is another one', async () => {
  const { api, read, waiters, waiting } = await open();
  await api.put('company.team', 'K', { value: 'one' });
  const { version } = (await read('K')).json();
  const reading = read('K', `?wait=30s&after=${version}`);
  await waiters(1);
  await api.put('company.team', 'OTHER');
  await api.put('company.team', 'K', { value: 'two' });
  const answer = await reading;
  expect([answer.statusCode, answer.json().value]).toEqual([200, 'two']);
  expect(answer.headers['etag']).toBe(`"${answer.json().version}"`);
  expect(await waiting()).toBe(0);
  expect(api.audited().filter(({ action, key }) => action === 'secret.read' && key === 'K')).toHaveLength(2);
});

it('is answered at once where it is another one already', async () => {
  const { api, read } = await open();
  await api.put('company.team', 'K', { value: 'one' });
  for (const query of ['?wait=50s&after=other', '?wait=PT50S&after=%22other%22', '?wait=50s&after=']) {
    expect((await read('K', query)).json().value).toBe('one');
  }
  expect((await read('K', '?wait=50s', { 'if-none-match': '"other"' })).statusCode).toBe(200);
});

it('is 304 at the end of the time, by a version or a tag of either form', async () => {
  const { api, read } = await open();
  await api.put('company.team', 'K');
  const json = await read('K');
  const text = await read('K', '', { accept: 'text/plain' });
  const tags = [json.json().version, json.headers['etag'], text.headers['etag']].map((tag) => encodeURIComponent(tag));
  for (const tag of tags) {
    const answer = await read('K', `?wait=20ms&after=${tag}`);
    expect([answer.statusCode, answer.body, answer.headers['etag']]).toEqual([304, '', json.headers['etag']]);
  }
  const etag = String(text.headers['etag']);
  expect((await read('K', '?wait=0s', { accept: 'text/plain', 'if-none-match': etag })).statusCode).toBe(304);
  expect(api.audited().at(-1)).toMatchObject({ outcome: 'not-modified', key: 'K' });
});

it('waits for a secret that is not there, and tells one that is gone', async () => {
  const { api, read, waiters } = await open();
  expect((await read('K', '?wait=20ms&after=')).statusCode).toBe(404);
  expect((await read('K', '?wait=50s&after=v')).statusCode).toBe(404);
  const creating = read('K', '?wait=30s&after=');
  await waiters(1);
  await api.put('company.team', 'K');
  const created = await creating;
  expect(created.statusCode).toBe(200);
  const deleting = read('K', `?wait=30s&after=${created.json().version}`);
  await waiters(1);
  await api.call('DELETE', '/api/v1/main/namespaces/company.team/secrets/K');
  expect((await deleting).statusCode).toBe(404);
});

it('sees what hides an inherited secret, and one that inherit=false does not ask for', async () => {
  const { api, read, waiters, waiting } = await open();
  await api.put('company', 'K', { value: 'parent' });
  const etag = encodeURIComponent(String((await read('K')).headers['etag']));
  const [inherited, own] = [read('K', `?wait=30s&after=${etag}`), read('K', '?wait=30s&after=&inherit=false')];
  await waiters(2);
  await api.put('company', 'K', { value: 'parent 2' });
  expect((await inherited).json().value).toBe('parent 2');
  expect(await waiting()).toBe(1);
  await api.put('company.team', 'K', { value: 'child' });
  expect((await own).json().value).toBe('child');
});

it('sees a change without Coffer once a listing does', async () => {
  const { api, read, waiters } = await open({ refreshMs: 20 });
  await api.put('company.team', 'K', { value: 'one' });
  const { version } = (await read('K')).json();
  await api.call('GET', '/api/v1/main/secrets');
  const reading = read('K', `?wait=30s&after=${version}`);
  await waiters(1);
  const path = SecretPath.of('main', 'company.team', 'K');
  const put = { kind: 'put', path, value: new SecretValue('outside'), metadata: { tags: [] } } as const;
  await api.backend.apply(put, { fence: fenceOf(1, 9n), signal: new AbortController().signal });
  expect((await reading).json().value).toBe('outside');
});

it('ends once the access of the caller was taken away', async () => {
  let grants = CALLERS['root'] ?? [];
  const principal = () => {
    if (grants.length === 0) throw new CofferError('unauthorized', 'credentials are missing or wrong');
    return { id: 'token:root', grants };
  };
  const { api, read, waiters } = await open({
    authenticator: { authenticate: async () => principal(), known: () => undefined },
  });
  await api.put('company.team', 'K');
  const { version } = (await read('K')).json();
  for (const [left, status] of [
    [CALLERS['lister'] ?? [], 403],
    [[], 401],
  ] as const) {
    grants = CALLERS['root'] ?? [];
    const reading = read('K', `?wait=50s&after=${version}`);
    await waiters(1);
    grants = left;
    expect((await reading).statusCode).toBe(status);
    await waiters(0);
  }
});

it('leaves nothing behind of a caller who has gone', async () => {
  const { api, waiters } = await open();
  await api.put('company.team', 'K');
  const port = await listen(api.app);
  const path = '/coffer/v1/main/namespaces/company.team/values/NONE?wait=50s&after=';
  const asked = request({ host: '127.0.0.1', port, path, agent: false, headers: { authorization: 'Bearer root' } });
  asked.on('error', () => undefined);
  asked.end();
  await waiters(1);
  asked.destroy();
  await waiters(0);
});

it('ends with the process', async () => {
  const { api, read, waiters } = await open();
  await api.put('company.team', 'K');
  const { version } = (await read('K')).json();
  const reading = read('K', `?wait=50s&after=${version}`);
  await waiters(1);
  const closed = api.app.close();
  expect((await reading).statusCode).toBe(304);
  await closed;
});

it('has so many of one caller at most', async () => {
  const { api, read, waiters } = await open();
  await api.put('company.team', 'K');
  const { version } = (await read('K')).json();
  const reading = Array.from({ length: 100 }, () => read('K', `?wait=50s&after=${version}`));
  await waiters(100);
  const refused = await read('K', `?wait=50s&after=${version}`);
  expect([refused.statusCode, refused.json().code]).toEqual([429, 'rate-limited']);
  expect(refused.json().detail).toContain('100 reads that wait');
  const other = read('K', `?wait=50s&after=${version}`, {}, 'team');
  await waiters(101);
  await api.put('company.team', 'K');
  const statuses = (await Promise.all([...reading, other])).map(({ statusCode }) => statusCode);
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect((await api.figures()).get('coffer_budget_refusals_total{budget="change-waiters"}')).toBe(1);
});

it.each(['?wait=30s', '?after=v', '?wait=51s&after=v', '?wait=soon&after=v', '?wait=&after=v', '?wait=-1s&after=v'])(
  'refuses %s',
  async (query) => {
    const { api, read } = await open();
    await api.put('company.team', 'K');
    const refused = await read('K', query);
    expect([refused.statusCode, refused.json().code]).toEqual([422, 'invalid']);
  },
);
