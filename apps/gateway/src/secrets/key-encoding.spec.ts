import fc from 'fast-check';
import { listen, rawRequest } from '../fixture/raw-request.js';
import { openTestApi, type TestApi } from '../fixture/test-api.js';

let api: TestApi;
let port: number;
beforeAll(async () => {
  api = await openTestApi();
  port = await listen(api.app);
});
afterAll(() => api.app.close());

const raw = (method: string, path: string, body?: object) =>
  rawRequest(port, {
    method,
    path,
    headers: { authorization: 'Bearer root', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const seenKey = () => api.writes.requests.at(-1)?.mutation.path.key;
const annotate = (rawKey: string, root = '/api/v1/main') =>
  raw('PATCH', `${root}/namespaces/a/secrets/${rawKey}`, { description: 'x' });
const resolve = async (rawKey: string): Promise<unknown> =>
  JSON.parse((await raw('GET', `/coffer/v1/main/namespaces/a/values/${rawKey}`)).body);

it.each([
  ['a raw slash', 'a/b', 'a/b'],
  ['an escaped slash', 'a%2Fb', 'a/b'],
  ['an escaped escape', 'a%252Fb', 'a%2Fb'],
  ['a percent sign', '100%25', '100%'],
  ['a space', 'a%20b', 'a b'],
  ['a plus, which is itself', 'a+b', 'a+b'],
  ['dots', '../x', '../x'],
  ['escaped dots', '%2e%2e/x', '../x'],
  ['many slashes', '/a//b/', '/a//b/'],
  ['words of the API', 'x/secrets/y', 'x/secrets/y'],
  ['a question mark', 'a%3Fb', 'a?b'],
  ['a hash', 'a%23b', 'a#b'],
  ['a semicolon', 'a;b=c', 'a;b=c'],
  ['a colon and a star', ':key*', ':key*'],
  ['beyond the first plane', '%F0%9F%98%80', '😀'],
])('%s arrives as the key', async (_what, rawKey, key) => {
  await api.put('a', key);
  for (const root of ['/api/v1/main', '/api/v1']) {
    expect([(await annotate(rawKey, root)).status, seenKey()]).toEqual([200, key]);
  }
  expect(await resolve(rawKey)).toMatchObject({ key, value: `value of ${key}` });
});

it('a key and a namespace of 256 characters fit, escaped in full; one more is 422', async () => {
  const namespace = 'n'.repeat(256);
  const escapedNamespace = '%6e'.repeat(256);
  const key = '😀'.repeat(256);
  await api.put(namespace, key);
  const url = (ns: string, k: string) => `/coffer/v1/main/namespaces/${ns}/values/${encodeURIComponent(k)}`;
  expect((await api.call('GET', url(escapedNamespace, key))).json()).toMatchObject({ namespace, key });
  const deleted = await api.call(
    'DELETE',
    `/api/v1/main/namespaces/${escapedNamespace}/secrets/${encodeURIComponent(key)}`,
  );
  expect(deleted.statusCode).toBe(204);
  expect((await api.call('GET', url(`${namespace}n`, key))).statusCode).toBe(422);
  expect((await api.call('GET', url(namespace, `${key}x`))).statusCode).toBe(422);
});

it.each(['%', '%2', 'a%zzb', '%ff', '%c3%28', '%ed%a0%80', 'a#b'])('the key %s is 400', async (rawKey) => {
  const answer = await raw('DELETE', `/api/v1/main/namespaces/a/secrets/${rawKey}`);
  expect([answer.status, JSON.parse(answer.body)]).toEqual([400, expect.objectContaining({ code: 'malformed' })]);
});

it.each(['', '%00', 'a%0Ab', '%C2%85'])('the key "%s" is 422', async (rawKey) => {
  const answer = await raw('DELETE', `/api/v1/main/namespaces/a/secrets/${rawKey}`);
  expect([answer.status, JSON.parse(answer.body)]).toEqual([422, expect.objectContaining({ code: 'invalid' })]);
});

it('a request target with an origin means its path', async () => {
  await api.put('a', 'K');
  const answer = await raw('GET', 'http://coffer.example/coffer/v1/main/namespaces/a/values/K?inherit=false');
  expect(JSON.parse(answer.body)).toMatchObject({ key: 'K', namespace: 'a' });
});

it('any key can be written, and read by its percent-encoded form', async () => {
  const key = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    .filter((text) => !/\p{Cc}/u.test(text) && text.isWellFormed());
  await fc.assert(
    fc.asyncProperty(key, async (text) => {
      await api.put('a', text);
      expect(await resolve(encodeURIComponent(text))).toMatchObject({ key: text, value: `value of ${text}` });
    }),
    { numRuns: 200 },
  );
});
