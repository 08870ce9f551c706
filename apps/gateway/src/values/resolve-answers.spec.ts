import type { CacheStatus, ReadService, ResolvedSecret } from '@coffer/reads';
import { CofferError, SecretValue } from '@coffer/secrets';
import type { LightMyRequestResponse } from 'fastify';
import { listen, rawRequest } from '../fixture/raw-request.js';
import { openTestApi, type TestApi } from '../fixture/test-api.js';

const ROOT = '/coffer/v1/main/namespaces';
const DATA_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

const FROM_STORE: CacheStatus = { source: 'store', forward: 'bypass' };

const waits: Pick<ReadService, 'resolve' | 'cached'> = {
  resolve: async (request) => answers.resolve(request),
  cached: () => undefined,
};

/** By key: what is found, what is not, and what goes wrong. */
const answers: Pick<ReadService, 'resolve' | 'cached'> = {
  resolve: ({ path }): ResolvedSecret => {
    if (path.key === 'THERE') {
      const cacheStatus = { source: 'l1', remainingTtlMs: 1_500 } as const;
      return { path, value: new SecretValue('"é😀'), version: 'v1', revision: 1, cacheStatus };
    }
    if (path.key === 'DOWN') throw new CofferError('unavailable', 'the store is away', { retryAfter: 7 });
    if (path.key === 'BROKEN') throw new Error('with a secret inside');
    if (path.key === 'ODD')
      return {
        path,
        value: new SecretValue('x'),
        version: 7 as unknown as string,
        revision: 1,
        cacheStatus: FROM_STORE,
      };
    throw new CofferError('not-found', `there is no secret '${path.key}' in ${path.namespace}`);
  },
  cached: () => undefined,
};

describe.each([
  ['that answer at once', answers],
  ['that wait', waits],
])('resolves over reads %s', (_what, reads) => {
  let api: TestApi;
  beforeAll(async () => {
    api = await openTestApi({ reads });
  });
  afterAll(() => api.app.close());
  beforeEach(() => api.log.splice(0));

  /** Twice: as a caller who is new, and as one who is known. */
  const twice = async (send: () => Promise<LightMyRequestResponse>) => {
    const shown = ({ statusCode, headers, body }: LightMyRequestResponse) => {
      const { date: _date, 'content-length': _length, ...rest } = headers;
      return { statusCode, headers: rest, body: body.replace(/urn:uuid:[0-9a-f-]{36}/, '') };
    };
    const [first, second] = [await send(), await send()];
    expect(shown(second)).toEqual(shown(first));
    return first;
  };
  const get = (path: string, as = 'root') => twice(() => api.call('GET', `${ROOT}/${path}`, { as }));

  it('answer with the value and every header', async () => {
    const answer = await get('company/values/THERE');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ key: 'THERE', namespace: 'company', value: '"é😀', version: 'v1' });
    expect(answer.headers).toMatchObject({
      ...DATA_HEADERS,
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(answer.body)),
      'cache-control': 'no-store',
      'cache-status': 'coffer; hit; detail=l1; ttl=1',
    });
  });

  it('HEAD is answered as GET without the body, and needs the same permission', async () => {
    const head = (as: string) =>
      api.app.inject({
        method: 'HEAD',
        url: `${ROOT}/company/values/THERE`,
        headers: { authorization: `Bearer ${as}` },
      });
    const [whole, answer] = [await get('company/values/THERE'), await twice(() => head('root'))];
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
    expect(answer.headers).toMatchObject({
      'content-length': whole.headers['content-length'],
      'cache-status': whole.headers['cache-status'],
    });
    expect((await twice(() => head('lister'))).statusCode).toBe(403);
    expect((await twice(() => head('stranger'))).statusCode).toBe(401);
  });

  it.each([
    ['company/values/NONE', 404, 'not-found'],
    ['company/values/DOWN', 503, 'unavailable'],
    ['company/values/BROKEN', 500, 'internal'],
    ['company/values/ODD', 500, 'internal'],
    ['company/values/THERE?inherited=false', 422, 'invalid'],
    ['company/values/THERE?inherit=no', 422, 'invalid'],
    ['company/values/THERE?inherit=true&inherit=true', 422, 'invalid'],
    ['company/values/THERE?subkey=%ff', 400, 'malformed'],
    ['company/values/%ff', 400, 'malformed'],
    ['company/values/%zz', 400, 'malformed'],
    ['company/values/', 422, 'invalid'],
    ['Company/values/THERE', 422, 'invalid'],
    ['/values/THERE', 422, 'invalid'],
    ['%zz/values/THERE', 400, 'malformed'],
  ])('%s is %d %s, as problem+json', async (path, status, code) => {
    const answer = await get(path);
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([
      status,
      'application/problem+json; charset=utf-8',
    ]);
    expect(answer.json()).toMatchObject({
      type: 'about:blank',
      status,
      code,
      instance: expect.stringMatching(/^urn:uuid:[0-9a-f-]{36}$/),
    });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['retry-after']).toBe(code === 'unavailable' ? '7' : undefined);
    expect(JSON.stringify([api.log, answer.body])).not.toContain('secret inside');
    // Of two requests.
    expect(api.log).toHaveLength(status >= 500 ? 1 : 0);
  });

  it.each(['', '?', '?&', '?inherit=true', '?refresh=false&inherit=true', '?subkey='])(
    'the query "%s" is one that is answered',
    async (query) => {
      expect((await get(`company/values/THERE${query}`)).statusCode).toBe(200);
    },
  );

  it('a caller without the permission learns nothing, nor does one without credentials', async () => {
    const bodies = await Promise.all(
      ['THERE', 'NONE', 'DOWN'].map(async (key) => ({
        ...(await get(`company/values/${key}`, 'lister')).json<object>(),
        instance: '',
      })),
    );
    expect(bodies[0]).toMatchObject({ status: 403, code: 'forbidden' });
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
    const unknown = await get('company/values/THERE', 'stranger');
    expect([unknown.statusCode, unknown.headers['www-authenticate']]).toEqual([401, expect.any(Array)]);
    expect(unknown.headers).toMatchObject(DATA_HEADERS);
  });

  it('other methods are none of the route', async () => {
    for (const method of ['POST', 'PATCH'] as const) {
      const answer = await api.call(method, `${ROOT}/company/values/THERE`);
      expect([answer.statusCode, answer.json().code]).toEqual([404, 'no-such-route']);
    }
  });

  it('a batch has each item’s own answer, in order', async () => {
    const keys = ['THERE', 'DOWN', 'NONE', 'BROKEN', 'THERE', ''].map((key) => ({ key }));
    const answer = await api.call('POST', `${ROOT}/company/resolve`, { payload: { keys } });
    expect(answer.statusCode).toBe(200);
    const items = answer.json<{ key: string; value?: string; error?: { code: string } }[]>();
    expect(items.map(({ value, error }) => value ?? error?.code)).toEqual([
      '"é😀',
      'unavailable',
      'not-found',
      'internal',
      '"é😀',
      'invalid',
    ]);
    expect(answer.headers['cache-status']).toBe('coffer; hit; detail=l1; ttl=1');
    expect(api.log).toHaveLength(1);
  });
});

it('a request whose credentials come in two headers is judged by both', async () => {
  const api = await openTestApi({ reads: answers });
  const port = await listen(api.app);
  try {
    const send = (authorization: string | string[]) =>
      rawRequest(port, { method: 'GET', path: `${ROOT}/company/values/THERE`, headers: { authorization } });
    expect((await send('Bearer root')).status).toBe(200);
    expect((await send(['Bearer root', 'Basic Og=='])).status).toBe(401);
    expect((await send(['Basic Og==', 'Bearer root'])).status).toBe(200);
  } finally {
    await api.app.close();
  }
});
