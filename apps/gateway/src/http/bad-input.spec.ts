import { listen, rawRequest } from '../fixture/raw-request.js';
import { openTestApi, type TestApi } from '../fixture/test-api.js';

const CANARY = 'hunter2-canary';
const JSON_TYPE = { 'content-type': 'application/json' };

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.app.close());

const at = (namespace = 'company.team', tenant = 'main') => `/api/v1/${tenant}/namespaces/${namespace}/secrets`;
const body = (more: object) => JSON.stringify({ key: 'K', value: CANARY, ...more });
const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

interface Case {
  readonly what: string;
  readonly url?: string;
  readonly payload: string | Buffer;
  readonly headers?: Record<string, string>;
  readonly status: number;
  readonly code: string;
  /** What the message must name. */
  readonly names?: string;
}

const CASES: readonly Case[] = [
  { what: 'JSON that ends too early', payload: `{"key":"K","value":"${CANARY}"`, status: 400, code: 'malformed' },
  { what: 'no JSON at all', payload: CANARY, status: 400, code: 'malformed' },
  { what: 'JSON followed by more', payload: `${body({})}${CANARY}`, status: 400, code: 'malformed' },
  {
    what: 'bytes that are not UTF-8',
    payload: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]),
    status: 400,
    code: 'malformed',
  },
  {
    what: 'another content type',
    payload: body({}),
    headers: { 'content-type': 'text/plain' },
    status: 415,
    code: 'unsupported-media-type',
  },
  {
    what: 'a form',
    payload: `value=${CANARY}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    status: 415,
    code: 'unsupported-media-type',
  },
  {
    what: 'another charset',
    payload: body({}),
    headers: { 'content-type': 'application/json; charset=utf-16' },
    status: 415,
    code: 'unsupported-media-type',
  },
  {
    what: 'no content type',
    payload: body({}),
    headers: { 'content-type': '' },
    status: 415,
    code: 'unsupported-media-type',
  },
  {
    what: 'a body over the limit',
    payload: body({ description: 'x'.repeat(4 * 1024 * 1024) }),
    status: 413,
    code: 'body-too-large',
  },
  { what: 'no body', payload: '', status: 422, code: 'invalid', names: 'missing' },
  { what: 'null', payload: 'null', status: 422, code: 'invalid' },
  { what: 'a list', payload: `[${body({})}]`, status: 422, code: 'invalid' },
  { what: 'a text', payload: `"${CANARY}"`, status: 422, code: 'invalid' },
  {
    what: 'nesting that goes deep',
    payload: `{"key":"K","value":${deep(200_000)}}`,
    status: 422,
    code: 'invalid',
    names: 'value',
  },
  {
    what: 'an unknown field',
    payload: body({ valeu: CANARY }),
    status: 422,
    code: 'invalid',
    names: "unknown field 'valeu'",
  },
  {
    what: 'an unknown field of a tag',
    payload: body({ tags: [{ key: 'a', value: 'b', c: CANARY }] }),
    status: 422,
    code: 'invalid',
    names: "'tags[0].c'",
  },
  {
    what: 'a field that looks like a value',
    payload: body({ [`${CANARY} and more`]: 1 }),
    status: 422,
    code: 'invalid',
    names: 'unknown field',
  },
  {
    what: '__proto__',
    payload: `{"key":"K","value":"v","__proto__":{"tags":[]}}`,
    status: 422,
    code: 'invalid',
    names: '__proto__',
  },
  {
    what: 'a missing key',
    payload: `{"value":"${CANARY}"}`,
    status: 422,
    code: 'invalid',
    names: 'key: it is missing',
  },
  { what: 'a missing value', payload: `{"key":"K"}`, status: 422, code: 'invalid', names: 'value: it is missing' },
  {
    what: 'an empty value',
    payload: body({ value: '' }),
    status: 422,
    code: 'invalid',
    names: 'value: must not be empty',
  },
  {
    what: 'a value that is no text',
    payload: body({ value: { password: CANARY } }),
    status: 422,
    code: 'invalid',
    names: 'value',
  },
  { what: 'a value that is null', payload: body({ value: null }), status: 422, code: 'invalid', names: 'value' },
  {
    what: 'a lone surrogate in the value',
    payload: `{"key":"K","value":"${CANARY}\\ud800"}`,
    status: 422,
    code: 'invalid',
    names: 'value',
  },
  {
    what: 'NUL in the description',
    payload: body({ description: `${CANARY}\u0000` }),
    status: 422,
    code: 'invalid',
    names: 'description',
  },
  { what: 'an empty key', payload: body({ key: '' }), status: 422, code: 'invalid', names: 'key' },
  {
    what: 'a key that is too long',
    payload: body({ key: 'k'.repeat(257) }),
    status: 422,
    code: 'invalid',
    names: 'key',
  },
  {
    what: 'a control character in the key',
    payload: body({ key: `${CANARY}\n` }),
    status: 422,
    code: 'invalid',
    names: 'key',
  },
  { what: 'a key that is a number', payload: body({ key: 1 }), status: 422, code: 'invalid', names: 'key' },
  {
    what: 'another namespace than the path’s',
    payload: body({ namespace: 'company' }),
    status: 422,
    code: 'invalid',
    names: 'namespace',
  },
  {
    what: 'an empty tag key',
    payload: body({ tags: [{ key: '', value: CANARY }] }),
    status: 422,
    code: 'invalid',
    names: 'tags[0].key',
  },
  {
    what: 'a tag twice',
    payload: body({
      tags: [
        { key: 'a', value: CANARY },
        { key: 'a', value: 'c' },
      ],
    }),
    status: 422,
    code: 'invalid',
    names: "'a'",
  },
  {
    what: 'a reserved tag',
    payload: body({ tags: [{ key: 'namespace', value: CANARY }] }),
    status: 422,
    code: 'invalid',
    names: 'reserved',
  },
  {
    what: 'a reserved tag by prefix',
    payload: body({ tags: [{ key: 'coffer-x', value: CANARY }] }),
    status: 422,
    code: 'invalid',
    names: 'reserved',
  },
  { what: 'tags as a map', payload: body({ tags: { a: CANARY } }), status: 422, code: 'invalid', names: 'tags' },
  {
    what: 'a tag without a value',
    payload: body({ tags: [{ key: 'a' }] }),
    status: 422,
    code: 'invalid',
    names: 'tags[0].value',
  },
  {
    what: 'an invalid namespace',
    url: at('Company'),
    payload: body({}),
    status: 422,
    code: 'invalid',
    names: 'namespace',
  },
  {
    what: 'a namespace with a slash',
    url: at('a%2Fb'),
    payload: body({}),
    status: 422,
    code: 'invalid',
    names: 'namespace',
  },
  { what: 'an invalid tenant', url: at('a', 'Main'), payload: body({}), status: 422, code: 'invalid', names: 'tenant' },
  {
    what: 'a tenant that is a word of the API',
    url: at('a', 'secrets'),
    payload: body({}),
    status: 422,
    code: 'invalid',
    names: 'tenant',
  },
  {
    what: 'an empty idempotency key',
    payload: body({}),
    headers: { ...JSON_TYPE, 'idempotency-key': '' },
    status: 422,
    code: 'invalid',
    names: 'idempotency-key',
  },
  {
    what: 'an idempotency key that is too long',
    payload: body({}),
    headers: { ...JSON_TYPE, 'idempotency-key': 'x'.repeat(256) },
    status: 422,
    code: 'invalid',
    names: 'idempotency-key',
  },
  {
    what: 'an idempotency key that cannot be printed',
    payload: body({}),
    headers: { ...JSON_TYPE, 'idempotency-key': 'a\u00e9' },
    status: 422,
    code: 'invalid',
    names: 'idempotency-key',
  },
];

it.each(CASES)('$what is $status', async ({ url = at(), payload, headers = JSON_TYPE, status, code, names = '' }) => {
  const answer = await api.call('PUT', url, { payload, headers });
  const shown = answer.json();
  expect([answer.statusCode, shown.code, shown.status]).toEqual([status, code, status]);
  expect(shown.message).toContain(names);
  expect(shown.message).toMatch(/^(Bad Request|Illegal argument|Unsupported Media Type|Content Too Large): ./);
  expect(shown._links).toEqual({ self: { href: url } });
  expect(answer.body).not.toContain(CANARY);
  expect(api.writes.requests).toEqual([]);
  expect(JSON.stringify(api.log)).not.toContain(CANARY);
});

it('the canary would be found: an error that names a tag shows it', async () => {
  const answer = await api.call('PUT', at(), {
    payload: {
      key: 'K',
      value: 'v',
      tags: [
        { key: CANARY, value: '1' },
        { key: CANARY, value: '2' },
      ],
    },
  });
  expect([answer.statusCode, answer.body.includes(CANARY)]).toEqual([422, true]);
});

it('a wrong token is 401 before the body is looked at, and a forbidden namespace 403', async () => {
  const wrong = await api.call('PUT', at(), { as: 'wrong', payload: '{', headers: JSON_TYPE });
  expect([wrong.statusCode, wrong.json().code]).toEqual([401, 'unauthorized']);
  const forbidden = await api.call('PUT', at('other'), { as: 'team', payload: '{', headers: JSON_TYPE });
  expect([forbidden.statusCode, forbidden.json().code]).toEqual([403, 'forbidden']);
});

it('several Authorization headers all reach the authenticator, since Terraform may send two', async () => {
  const port = await listen(api.app);
  const headers = { authorization: ['Basic Og==', 'Bearer root'] };
  expect((await rawRequest(port, { method: 'GET', path: '/api/v1/secrets', headers })).status).toBe(200);
});

it('too many failed logins are 429 with the time to wait', async () => {
  const answer = await api.call('GET', '/api/v1/secrets', { as: 'throttled' });
  expect([answer.statusCode, answer.json().code, answer.headers['retry-after']]).toEqual([
    429,
    'login-throttled',
    '17',
  ]);
});

it.each([
  ['GET', '/api/v1/main/nowhere', 'kestra'],
  ['DELETE', '/api/v1/main/secrets', 'kestra'],
  ['GET', '/api', 'kestra'],
  ['GET', '/coffer/v1/main/nowhere', 'coffer'],
  ['PATCH', '/coffer/v1/main/namespaces/a/values/K', 'coffer'],
  ['GET', '/apis', 'coffer'],
] as const)('%s %s is 404 in the shape of its face', async (method, url, face) => {
  const answer = await api.call(method, url);
  expect([answer.statusCode, answer.json().code]).toEqual([404, 'no-such-route']);
  expect(answer.json().message === undefined).toBe(face === 'coffer');
  expect(answer.headers['content-type']).toContain(face === 'coffer' ? 'application/problem+json' : 'application/json');
});

it.each(['inherit=yes', 'inherit=', 'refresh=1', 'inherit=true&inherit=false', 'subkey=a&subkey=b', 'other=1'])(
  'a resolve with ?%s is 422',
  async (query) => {
    const answer = await api.call('GET', `/coffer/v1/main/namespaces/a/values/K?${query}`);
    expect([answer.statusCode, answer.json().code]).toEqual([422, 'invalid']);
  },
);

it.each([
  ['no keys', { keys: [] }],
  ['too many keys', { keys: Array.from({ length: 501 }, () => ({ key: 'K' })) }],
  ['an unknown field', { keys: [{ key: 'K', inherit: true }] }],
  ['no list', { keys: { key: 'K' } }],
])('a batch with %s is 422', async (_what, payload) => {
  const answer = await api.call('POST', '/coffer/v1/main/namespaces/a/resolve', { payload });
  expect([answer.statusCode, answer.json().code]).toEqual([422, 'invalid']);
});

it('a name that an object has twice is refused, but on Kestra’s API the last counts, as it does to Kestra', async () => {
  const post = (url: string, method: 'POST' | 'PUT', payload: string) =>
    api.call(method, url, { payload, headers: JSON_TYPE });
  for (const [url, payload] of [
    ['/coffer/v1/main/namespaces/company/resolve', '{"keys":[{"key":"A"}],"keys":[{"key":"B"}]}'],
    ['/coffer/v1/main/namespaces/company/resolve', '{"keys":[{"key":"A","key":"B"}]}'],
    ['/coffer/v1/main/changes', '{"items":[],"dryRun":true,"items":[]}'],
  ] as const) {
    const answer = await post(url, 'POST', payload);
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'malformed']);
    expect(answer.json().detail).toMatch(/^duplicate key '(keys|key|items)' in an object of the body/);
  }
  const hidden = await post('/coffer/v1/main/changes', 'POST', `{"${CANARY} a":1,"${CANARY} a":2}`);
  expect([hidden.statusCode, hidden.body.includes(CANARY)]).toEqual([400, false]);
  expect((await post(at(), 'PUT', '{"key":"TWICE","value":"first","value":"last"}')).statusCode).toBe(200);
  const read = await api.call('GET', '/coffer/v1/main/namespaces/company.team/values/TWICE');
  expect(read.json().value).toBe('last');
});
