/** @servers postgresql mariadb */
import { FaultyProxy } from '@coffer/backend-conformance/faults';
import {
  api,
  freePort,
  spawnCoffer,
  startCoffer,
  testStore,
  until,
  type Answer,
  type Api,
  type StoreName,
  type TestStore,
} from '../../harness/index.js';
import { MARKER, leaksIn, refusalOf } from './refusal.fixture.js';

// Starts real processes, on machines that may be busy, and waits for deadlines and back-offs to pass.
jest.setTimeout(540_000);

/** Milliseconds after which Terraform's provider gives a request up. */
const TERRAFORM_TIMEOUT_MS = 10_000;
const RECOVERY_TIMEOUT_MS = 60_000;
const SERVERS: readonly StoreName[] = ['postgresql', 'mariadb'];

describe.each(SERVERS)('%s out of reach', (name) => {
  let store: TestStore;
  let proxy: FaultyProxy;
  let config: string;

  beforeAll(async () => {
    store = await testStore(name);
    const { host = '', port = 0 } = store.address ?? {};
    proxy = await FaultyProxy.to(port, { host });
    config = store.config({ host: '127.0.0.1', port: proxy.port }) ?? '';
  });
  afterAll(async () => {
    await proxy.close();
    await store.drop();
  });

  const health = (main: Api, path = '/health/ready'): Promise<Answer> => main.call('GET', path);

  it('at start: stays up, says so, is not ready, and becomes ready when it appears', async () => {
    proxy.set('reset');
    const port = await freePort();
    const spawned = spawnCoffer({ config, port });
    try {
      const nobody = api(`http://127.0.0.1:${port}`, '', { authorization: '' });
      await until(
        'it listens',
        async () => (await health(nobody, '/health/live').catch(() => undefined))?.status === 200,
      );
      const early = await health(nobody);
      expect([early.status, early.json()]).toMatchObject([503, { status: 'unavailable' }]);
      expect((await health(nobody, '/health/ready/writes')).status).toBe(503);
      await until('the log says that it tries again', () =>
        spawned.process.stdout().includes('the store is not ready; trying again'),
      );
      expect(spawned.process.stdout()).not.toMatch(/^ready/m);
      const token = /^access token: (\S+)$/m.exec(spawned.process.stdout())?.[1] ?? '';
      const main = api(`http://127.0.0.1:${port}`, token);
      expect(refusalOf(await main.value('company', 'K'))).toEqual([503, 'unavailable', expect.any(String)]);
      const queued = await main.put('company', { key: 'EARLY', value: MARKER }, { prefer: 'respond-async' });
      expect(queued.status).toBe(202);

      proxy.set('pass');
      const { url } = await spawned.ready();
      expect(url).toBe(`http://127.0.0.1:${port}`);
      expect((await health(nobody)).status).toBe(200);
      await until(
        'the early write is applied',
        async () => (await main.value('company', 'EARLY')).status === 200,
        RECOVERY_TIMEOUT_MS,
      );
      expect((await main.put('company', { key: 'LATE', value: 'v' })).status).toBe(200);
      expect(leaksIn(spawned.process.output())).toEqual([]);
    } finally {
      await spawned.stop();
    }
  });

  it.each(['reset', 'swallow'] as const)(
    'later (%s): reads and writes say so in time, and what was accepted is applied when it is back',
    async (fault) => {
      proxy.set('pass');
      const namespace = `later.${fault}`;
      const coffer = await startCoffer({ config });
      try {
        const main = api(coffer.url, coffer.token);
        expect((await main.put(namespace, { key: 'BEFORE', value: 'before' })).status).toBe(200);

        proxy.set(fault);
        const inTime = { signal: AbortSignal.timeout(TERRAFORM_TIMEOUT_MS) };
        const secrets = `/api/v1/main/namespaces/${namespace}/secrets`;
        const write = (method: string, path: string, body?: object, headers = {}) =>
          main.call(method, path, { body, headers, ...inTime });
        const key = { 'idempotency-key': 'in the dark' };
        const [read, put, patch, gone, keyed] = await Promise.all([
          main.call('GET', `/coffer/v1/main/namespaces/${namespace}/values/BEFORE`, inTime),
          write('PUT', secrets, { key: 'PUT', value: MARKER }),
          write('PATCH', `${secrets}/BEFORE`, { description: MARKER }),
          write('DELETE', `${secrets}/GONE`),
          write('PUT', secrets, { key: 'KEYED', value: MARKER }, key),
        ]);
        const [readStatus, readCode] = refusalOf(read);
        if (fault === 'reset') expect([readStatus, readCode]).toEqual([503, 'unavailable']);
        else expect(['timeout', 'unavailable']).toContain(readCode);
        const ids = [put, patch, gone, keyed].map((answer) => {
          expect(refusalOf(answer)).toEqual([504, 'timeout', expect.stringMatching(/^the write was accepted/)]);
          return String(answer.json()['operation']);
        });
        expect(new Set(ids).size).toBe(4);
        for (const id of ids) expect((await main.operation(id)).json()).toEqual({ id, state: 'pending' });
        const again = await main.put(namespace, { key: 'KEYED', value: MARKER }, key);
        expect(refusalOf(again)).toEqual([409, 'operation-in-flight', expect.any(String)]);

        // By now the breaker is open, or a call has just run into its deadline.
        const refused = await until('the breaker is open', async () => {
          const answer = await main.value(namespace, 'BEFORE');
          return answer.status === 503 ? answer : undefined;
        });
        expect(refusalOf(refused).slice(0, 2)).toEqual([503, 'unavailable']);
        expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
        await until('it is not ready', async () => (await health(main)).status === 503);
        expect((await health(main, '/health/live')).status).toBe(200);

        proxy.set('pass');
        for (const id of ids) {
          await until(
            `the accepted write ${id} is applied`,
            async () => (await main.operation(id)).json()['state'] === 'applied',
            RECOVERY_TIMEOUT_MS,
          );
        }
        await until('it is ready again', async () => (await health(main)).status === 200, RECOVERY_TIMEOUT_MS);
        const listed = (await main.list(`filters[namespace][EQUALS]=${namespace}`)).json();
        expect(listed).toMatchObject({
          total: 3,
          results: [{ key: 'BEFORE', description: MARKER }, { key: 'KEYED' }, { key: 'PUT' }],
        });
        expect((await main.value(namespace, 'BEFORE')).json()['value']).toBe('before');
        expect((await main.value(namespace, 'PUT')).json()['value']).toBe(MARKER);
        const repeat = await main.put(namespace, { key: 'KEYED', value: MARKER }, key);
        expect([repeat.status, repeat.json()]).toEqual([200, [{ key: 'KEYED', namespace, tags: [] }]]);
        expect(leaksIn(`${coffer.stdout()}${coffer.stderr()}`)).toEqual([]);
      } finally {
        proxy.set('pass');
        await coffer.stop();
      }
    },
  );
});
