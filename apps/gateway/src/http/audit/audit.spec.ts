import { CofferError } from '@coffer/secrets';
import type { AuditDestination } from '@coffer/audit';
import { listen, rawRequest, type RawAnswer } from '../../fixture/raw-request.js';
import { openTestApi, type AuditedLine, type TestApi } from '../../fixture/test-api.js';
import { ReadService, StoreLookup } from '@coffer/reads';
import { openMemoryBackend } from '@coffer/backend-memory';

const CANARY = 'canary-4711-value';
const VALUES = '/coffer/v1/main/namespaces/company.team/values';

/** Everything is cached from the first read on. */
const cachingReads = (backend: ReturnType<typeof openMemoryBackend>): Pick<ReadService, 'resolve' | 'cached'> => {
  const shown = { name: 'default', backend: { ...backend, read: backend.read.bind(backend), shows: () => true } };
  const registry = { of: () => shown, forNamespace: () => shown, forTenant: () => [shown], all: () => [shown] };
  const service = new ReadService(new StoreLookup(registry));
  const known = new Map<string, Awaited<ReturnType<ReadService['resolve']>>>();
  return {
    resolve: async (request) => {
      const found = await service.resolve(request);
      known.set(request.path.toString(), found);
      return found;
    },
    cached: ({ path }) => known.get(path.toString()),
  };
};

const shown = ({ principal, namespace, key, action, decision, outcome }: AuditedLine) =>
  [principal, namespace, key, action, decision, outcome].join(' ');

describe('records of requests', () => {
  let api: TestApi;
  let port: number;

  const open = async (audit?: AuditDestination, auditTimeoutMs?: number): Promise<void> => {
    const backend = openMemoryBackend();
    api = await openTestApi({
      ...{ backend, reads: cachingReads(backend) },
      ...(audit && { audit }),
      ...(auditTimeoutMs === undefined ? {} : { auditTimeoutMs }),
    });
    port = await listen(api.app);
  };
  const call = (method: string, path: string, as?: string, body?: object): Promise<RawAnswer> =>
    rawRequest(port, {
      ...{ method, path },
      headers: {
        ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const put = (key: string, value = CANARY) =>
    call('PUT', '/api/v1/main/namespaces/company.team/secrets', 'root', { key, value });
  const since = async (ask: () => Promise<unknown>): Promise<readonly AuditedLine[]> => {
    const before = api.audited().length;
    await ask();
    return api.audited().slice(before);
  };

  afterEach(() => api.app.close());

  describe('while they are taken', () => {
    beforeEach(() => open());

    it('are one for a read, from the store and on the fast path alike', async () => {
      await put('KEY');
      const lines = await since(async () => {
        for (let time = 0; time < 3; time += 1) expect((await call('GET', `${VALUES}/KEY`, 'root')).status).toBe(200);
      });
      expect(lines.map(shown)).toEqual(Array(3).fill('token:root company.team KEY secret.read allow ok'));
      for (const line of lines) {
        expect(line).toMatchObject({
          tenant: 'main',
          address: '127.0.0.1',
          version: expect.any(String),
          hmac: lines[0]?.hmac,
        });
        expect(line['request']).toMatch(/^[0-9a-f-]{36}$/);
      }
      expect(new Set(lines.map(({ request }) => request)).size).toBe(3);
    });

    it('are one before a write and one after it, with its version and the hash of its value', async () => {
      const lines = await since(() => put('KEY'));
      expect(lines.map(shown)).toEqual([
        'token:root company.team KEY secret.write allow intent',
        'token:root company.team KEY secret.write allow ok',
      ]);
      expect(lines[1]).toMatchObject({ operation: 'op-1', hmac: expect.stringMatching(/^test:[\w-]{43}$/) });
      const [read] = await since(() => call('GET', `${VALUES}/KEY`, 'root'));
      expect(read?.hmac).toBe(lines[1]?.hmac);
      const gone = await since(() => call('DELETE', '/api/v1/main/namespaces/company.team/secrets/KEY', 'root'));
      expect(gone.map(shown)).toEqual([
        'token:root company.team KEY secret.delete allow intent',
        'token:root company.team KEY secret.delete allow ok',
      ]);
    });

    it('name the outcome of a write that failed', async () => {
      api.writes.failure = new CofferError('timeout', 'not known', { operation: 'op-x' });
      const lines = await since(() => put('KEY'));
      expect(lines.map(shown)).toEqual([
        'token:root company.team KEY secret.write allow intent',
        'token:root company.team KEY secret.write allow timeout',
      ]);
      expect(lines[1]).toMatchObject({ operation: 'op-x' });
    });

    it('are one for each item of a batch', async () => {
      await put('A');
      await put('B');
      const lines = await since(() =>
        call('POST', '/coffer/v1/main/namespaces/company.team/resolve', 'team', {
          keys: [{ key: 'A' }, { key: 'ABSENT' }, { key: 'B' }, { key: 'A' }, { key: 'A', namespace: 'other' }],
        }),
      );
      expect(lines.map(shown)).toEqual([
        'token:team company.team A secret.read allow ok',
        'token:team company.team ABSENT secret.read allow not-found',
        'token:team company.team B secret.read allow ok',
        'token:team company.team A secret.read allow ok',
        'token:team other A secret.read deny forbidden',
      ]);
      expect(new Set(lines.map(({ request }) => request)).size).toBe(1);
    });

    it('tell what is refused, by whom as far as known, and what was only looked at', async () => {
      await put('KEY');
      const lines = await since(async () => {
        await call('GET', `${VALUES}/KEY`);
        await call('GET', `${VALUES}/KEY`, 'wrong');
        await call('GET', `${VALUES}/KEY`, 'throttled');
        await call('GET', `${VALUES}/KEY`, 'lister');
        await call('HEAD', `${VALUES}/KEY`, 'root');
        await call('GET', `${VALUES}/ABSENT`, 'root');
        await call('GET', '/api/v1/main/secrets', 'root');
        await call('GET', '/health/live');
        await call('GET', '/nowhere', 'root');
      });
      expect(lines.map(shown)).toEqual([
        ' company.team KEY secret.read deny unauthorized',
        ' company.team KEY secret.read deny unauthorized',
        ' company.team KEY secret.read deny login-throttled',
        'token:lister company.team KEY secret.read deny forbidden',
        'token:root company.team KEY secret.read allow headers-only',
        'token:root company.team ABSENT secret.read allow not-found',
        'token:root   secret.list allow ok',
      ]);
    });

    it('name nothing of a refused path that could be no tenant, namespace or key', async () => {
      const lines = await since(async () => {
        await call('GET', '/coffer/v1/main/namespaces/x%E2%80%A8y/values/KEY');
        await call('GET', '/coffer/v1/x%C2%85y/namespaces/company.team/values/KEY');
        await call('GET', `${VALUES}/x%C2%9By`);
        await call('GET', `${VALUES}/x%E2%80%A8y`);
      });
      expect(lines.map(({ tenant = '', namespace = '', key = '' }) => [tenant, namespace, key])).toEqual([
        ['main', '', 'KEY'],
        ['', 'company.team', 'KEY'],
        ['main', 'company.team', ''],
        ['main', 'company.team', 'x\u2028y'],
      ]);
    });

    it('are as many as values given out, and hold none of them', async () => {
      await put('A');
      await put('B');
      let given = 0;
      const asked: (() => Promise<RawAnswer>)[] = [
        () => call('GET', `${VALUES}/A`, 'root'),
        () => call('GET', `${VALUES}/B?refresh=true`, 'root'),
        () => call('GET', `${VALUES}/ABSENT`, 'root'),
        () => call('HEAD', `${VALUES}/A`, 'root'),
        () => call('GET', `${VALUES}/A`, 'wrong'),
        () => call('GET', `${VALUES}/A`, 'lister'),
        () =>
          call('POST', '/coffer/v1/main/namespaces/company.team/resolve', 'root', {
            keys: [{ key: 'A' }, { key: 'B' }, { key: 'ABSENT' }],
          }),
      ];
      const lines = await since(async () => {
        for (let round = 0; round < 20; round += 1) {
          const answers = await Promise.all(asked.map((ask) => ask()));
          for (const { body } of answers) given += body.split(CANARY).length - 1;
        }
      });
      expect(given).toBe(20 * 4);
      expect(lines.filter(({ outcome, action }) => action === 'secret.read' && outcome === 'ok')).toHaveLength(given);
      expect(lines).toHaveLength(20 * 9);
      expect(JSON.stringify(api.audited())).not.toContain(CANARY);
    });
  });

  describe('while they are not taken', () => {
    let broken: boolean;
    const destination: AuditDestination = {
      open: async () => ({}),
      write: async () => {
        if (broken) throw new Error('broken');
      },
      close: async () => undefined,
    };
    beforeEach(async () => {
      broken = false;
      await open(destination, 100);
      await put('KEY');
      for (let time = 0; time < 2; time += 1) await call('GET', `${VALUES}/KEY`, 'root');
      broken = true;
    });
    // What waits is written, and nothing tries again after the test.
    afterEach(() => (broken = false));
    const recovered = async (): Promise<void> => {
      broken = false;
      while ((await call('GET', `${VALUES}/KEY`, 'root')).status !== 200);
    };

    it('no value leaves and nothing is written, on any way', async () => {
      const written = api.writes.requests.length;
      const answers = [
        await call('GET', `${VALUES}/KEY`, 'root'),
        await call('GET', `${VALUES}/KEY?refresh=true`, 'root'),
        await call('POST', '/coffer/v1/main/namespaces/company.team/resolve', 'root', { keys: [{ key: 'KEY' }] }),
        await put('KEY', 'another'),
        await call('DELETE', '/api/v1/main/namespaces/company.team/secrets/KEY', 'root'),
        await call('DELETE', '/coffer/v1/main/namespaces/company.team/cache/KEY', 'root'),
      ];
      expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(503));
      for (const { body, headers } of answers) {
        expect(body).not.toContain(CANARY);
        expect(JSON.parse(body)).toMatchObject({ code: 'audit-unavailable' });
        expect(headers['retry-after']).toBe('1');
        expect(headers['cache-status']).toBeUndefined();
      }
      expect(api.writes.requests).toHaveLength(written);
      await recovered();
    });

    it('what gives nothing out is answered all the same', async () => {
      expect((await call('GET', `${VALUES}/KEY`, 'wrong')).status).toBe(401);
      expect((await call('GET', `${VALUES}/KEY`, 'lister')).status).toBe(403);
      expect((await call('GET', `${VALUES}/ABSENT`, 'root')).status).toBe(404);
      expect((await call('GET', '/api/v1/main/secrets', 'root')).status).toBe(200);
      expect((await call('GET', '/health/live')).status).toBe(200);
    });
  });
});
