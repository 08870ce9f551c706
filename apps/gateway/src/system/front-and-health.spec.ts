import { openTestApi, type TestApi } from '../fixture/test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.app.close());

const get = (url: string, headers: Record<string, string> = {}) => api.app.inject({ method: 'GET', url, headers });

it('/ says what this is and where the API and its description are, to people and to programs', async () => {
  const page = await get('/', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  for (const word of ['Coffer', '/openapi.json', '/api/v1/{tenant}', '/coffer/v1/{tenant}'])
    expect(page.body).toContain(word);
  const facts = await get('/', { accept: '*/*' });
  expect(facts.json()).toMatchObject({ name: 'Coffer', version: '0.0.0-test', description: '/openapi.json' });
});

it.each([
  ['/health/live', 'live'],
  ['/health/ready', 'reads'],
  ['/health/ready/writes', 'writes'],
] as const)('%s is open, 200 or 503', async (url, name) => {
  expect([(await get(url)).statusCode, (await get(url)).json()]).toEqual([200, { status: 'ok' }]);
  api.health[name] = false;
  const bad = await get(url);
  expect([bad.statusCode, bad.json().status, bad.headers['retry-after'], bad.headers['cache-control']]).toEqual([
    503,
    'unavailable',
    '1',
    'no-store',
  ]);
  api.health[name] = true;
});

it('figures are for principals, in Prometheus’ own type', async () => {
  expect((await get('/metrics')).statusCode).toBe(401);
  await api.call('GET', '/coffer/v1/main/namespaces/company/values/HUNTER2?subkey=x');
  await get('/hunter2');
  const answer = await api.call('GET', '/metrics', { as: 'nobody' });
  expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  const route = '/coffer/v1/:tenant/namespaces/:namespace/values/*';
  expect(answer.body).toContain(`coffer_http_request_seconds_count{method="GET",route="${route}",status="404"} 1`);
  expect(answer.body).toContain('coffer_http_request_seconds_count{method="GET",route="none",status="404"} 1');
  expect(answer.body.toLowerCase()).not.toContain('hunter2');
});

it('pages carry the headers that protect browsers', async () => {
  expect((await get('/', { accept: 'text/html' })).headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'SAMEORIGIN',
    'content-security-policy': expect.stringMatching(/^default-src 'self';(?!.*upgrade-insecure)/),
  });
});

it.each(['/health/live', '/api/v1/secrets', '/nowhere', '/api/v1/main/namespaces/Bad/secrets'])(
  '%s cannot be taken for a page',
  async (url) => {
    expect((await get(url)).headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
  },
);

it('HEAD needs what GET needs', async () => {
  expect((await api.app.inject({ method: 'HEAD', url: '/api/v1/secrets' })).statusCode).toBe(401);
  expect((await api.app.inject({ method: 'HEAD', url: '/health/live' })).statusCode).toBe(200);
});

describe('/health/ready', () => {
  const down = {
    'store default': 'refused the credentials',
    'store acme': 'unreachable',
    'store main/company.team': 'unreachable',
    access: 'stale',
  };
  let failing: TestApi;
  beforeAll(async () => {
    failing = await openTestApi({ down });
    failing.health.reads = false;
  });
  afterAll(() => failing.app.close());
  const detailsFor = async (as?: string): Promise<Record<string, string>> => {
    const headers = as === undefined ? {} : { authorization: `Bearer ${as}` };
    const answer = await failing.app.inject({ method: 'GET', url: '/health/ready', headers });
    expect(answer.statusCode).toBe(503);
    return answer.json<{ details: Record<string, string> }>().details;
  };

  it.each([undefined, 'stranger', 'throttled', 'nobody', 'reader'])('names no store to %s', async (as) => {
    expect(Object.keys(await detailsFor(as)).sort()).toEqual(['access', 'stores']);
  });

  it('names to administrators what they administer', async () => {
    expect(await detailsFor('root')).toEqual(down);
    expect(await detailsFor('root')).toEqual(down);
    expect(Object.keys(await detailsFor('admin'))).toEqual([
      'store default',
      'store main/company.team',
      'access',
      'stores',
    ]);
  });
});
