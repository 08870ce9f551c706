import fc from 'fast-check';
import { openTestApi, type TestApi } from '../fixture/test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi({ vault: {} });
});
afterAll(() => api.app.close());

const word = fc.constantFrom(
  'api',
  'coffer',
  'v1',
  'main',
  'namespaces',
  'a',
  'a.b',
  'secrets',
  'values',
  'resolve',
  'operations',
  'K',
  'inherited-secrets',
  'secret',
  'data',
  'metadata',
  'sys',
  '%2F',
  '',
  '__proto__',
);
// Dot segments and empty hosts are resolved by the test's own client; key-encoding.spec.ts sends them raw.
const text = fc
  .string({ unit: 'binary' })
  .map((t) => encodeURIComponent(t.toWellFormed()))
  .filter((t) => !/^\.+$/.test(t));
const free = fc
  .array(fc.oneof({ weight: 4, arbitrary: word }, text), { maxLength: 8 })
  .map((parts) => `/${parts.join('/').replace(/^\/+/, '')}`);
const likely = fc
  .tuple(
    fc.constantFrom('/api/v1/main', '/api/v1', '/coffer/v1/main', '/v1', '/v1/secret/data', '/v1/secret/metadata'),
    fc.array(fc.oneof(word, text), { maxLength: 5 }),
  )
  .map(([root, parts]) => [root, ...parts].join('/'));
const exact = fc.constantFrom(
  '/api/v1/main/namespaces/a/secrets',
  '/api/v1/main/namespaces/a/secrets/K',
  '/coffer/v1/main/namespaces/a/resolve',
  '/coffer/v1/main/namespaces/a/values/K',
  '/coffer/v1/main/operations/x',
  '/v1/secret/data/a/K',
  '/v1/secret/metadata/a/K',
  '/v1/secret/metadata/a?list=true',
);
const field = fc.constantFrom(
  'key',
  'value',
  'description',
  'tags',
  'namespace',
  'keys',
  'subkey',
  'data',
  'options',
  'cas',
  'custom_metadata',
  '__proto__',
  'constructor',
);
const leaf = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(null, true, 1, '', 'K', 'a', '\ud800'));
const { node } = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('node'), { maxLength: 3 }),
    fc.array(fc.tuple(field, tie('node')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries) as unknown),
  ),
}));
const vault = fc.record({ data: node, options: fc.option(node), custom_metadata: node }, { requiredKeys: [] });
const valid = fc.record(
  { key: fc.string({ minLength: 1 }), value: fc.string({ unit: 'binary' }), tags: fc.option(node) },
  { requiredKeys: ['key'] },
);
const payload = fc.oneof(
  node.map((json) => JSON.stringify(json)),
  valid.map((json) => JSON.stringify(json)),
  vault.map((json) => JSON.stringify(json)),
  fc.string(),
);
const headers = fc.record(
  {
    'content-type': fc.constantFrom(
      'application/json',
      'application/json; charset=UTF-8',
      'text/plain',
      'nonsense',
      ';',
    ),
    prefer: fc.constantFrom('respond-async', ',', 'x'),
    'idempotency-key': fc.constantFrom('', 'k', 'x'.repeat(300)),
    accept: fc.constantFrom('text/html', '*/*', ''),
  },
  { requiredKeys: [] },
);

it('whatever is asked, the answer is a result or an error of the caller, in the API’s shape', async () => {
  const classes = new Set<number>();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'PUT', 'POST', 'PATCH', 'DELETE'),
      fc.oneof(free, likely, { weight: 3, arbitrary: exact }),
      fc.oneof({ weight: 2, arbitrary: fc.constant({ 'content-type': 'application/json' }) }, headers),
      fc.option(payload, { nil: undefined }),
      async (method, url, sent, body) => {
        const answer = await api.call(method, url, { headers: sent, ...(body === undefined ? {} : { payload: body }) });
        classes.add(answer.statusCode);
        expect(answer.statusCode).toBeLessThan(500);
        if (answer.statusCode >= 400) {
          if (url === '/v1' || url.startsWith('/v1/')) {
            expect(answer.json()).toEqual({ errors: expect.any(Array) });
            return;
          }
          const shown = answer.json<{ code: string; status: number; message?: string }>();
          expect(shown).toMatchObject({ status: answer.statusCode, code: expect.any(String) });
          expect(typeof shown.message).toBe(url.startsWith('/api/') || url === '/api' ? 'string' : 'undefined');
        }
      },
    ),
    { numRuns: 600 },
  );
  expect(api.log).toEqual([]);
  expect([...classes]).toEqual(expect.arrayContaining([200, 400, 404, 422]));
});
