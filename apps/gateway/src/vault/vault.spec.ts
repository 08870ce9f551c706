import { connect } from 'node:net';
import type { ResolvedSecret } from '@coffer/reads';
import { SecretPath, SecretValue } from '@coffer/secrets';
import { listen, rawRequest } from '../fixture/raw-request.js';
import { openTestApi, type TestApi } from '../fixture/test-api.js';

let api: TestApi;
let port: number;
beforeEach(async () => {
  api = await openTestApi({ vault: {} });
  port = await listen(api.app);
});
afterEach(() => api.app.close());

type Method = Parameters<TestApi['call']>[0];

interface Data {
  readonly data: unknown;
  readonly metadata: { readonly version: number; readonly custom_metadata: unknown };
  readonly keys: readonly string[];
  readonly secret: unknown;
  readonly custom_metadata: unknown;
}
interface Body {
  readonly data: Data;
  readonly warnings: unknown;
  readonly errors: readonly string[];
}
const NOTHING = {} as Body;

/** As a client of Vault asks. */
const ask = async (method: Method, path: string, payload?: unknown, headers: Record<string, string> = {}) => {
  const token = headers['as'] ?? 'root';
  const answer = await api.app.inject({
    ...{ method, url: `/v1/${path}` },
    headers: { 'x-vault-token': token, 'x-vault-request': 'true', ...headers },
    ...(payload === undefined ? {} : { payload: typeof payload === 'string' ? payload : JSON.stringify(payload) }),
  });
  const body = answer.body === '' ? NOTHING : answer.json<Body>();
  if (answer.body !== '') expect(answer.headers['content-type']).toBe('application/json');
  return { status: answer.statusCode, body, text: answer.body };
};
const dataOf = async (path: string): Promise<Data> => (await ask('GET', `secret/data/${path}`)).body.data;

describe('data', () => {
  it('is what was written, under Vault’s envelope, and is the same secret to Coffer', async () => {
    const written = await ask('PUT', 'secret/data/company/team/DB', { data: { user: 'ann', password: 'hunter2' } });
    expect([written.status, written.body]).toEqual([
      200,
      {
        ...{ request_id: expect.stringMatching(/^[0-9a-f-]{36}$/), lease_id: '', renewable: false, lease_duration: 0 },
        data: {
          ...{ created_time: expect.any(String), custom_metadata: null, deletion_time: '', destroyed: false },
          version: 1,
        },
        ...{ wrap_info: null, warnings: null, auth: null, mount_type: 'kv' },
      },
    ]);
    for (const path of ['company/team/DB', 'company.team/DB']) {
      expect(await dataOf(path)).toEqual({
        data: { user: 'ann', password: 'hunter2' },
        metadata: written.body.data,
      });
    }
    const values = '/coffer/v1/main/namespaces/company.team/values/DB';
    expect((await api.call('GET', values)).json().value).toBe('{"user":"ann","password":"hunter2"}');
    expect((await api.call('GET', `${values}?subkey=password`)).json().value).toBe('hunter2');
  });

  it.each<[string, object, string]>([
    ['a lone value is a plain value', { value: 'hunter2' }, 'hunter2'],
    ['a value that looks like fields stays a value', { value: '{"a":1}' }, '{"value":"{\\"a\\":1}"}'],
    ['an empty value', { value: '' }, '{"value":""}'],
    ['no fields', {}, '{}'],
    ['a value that is no text', { value: 5 }, '{"value":5}'],
    ['a value beside others', { value: 'a', other: 'b' }, '{"value":"a","other":"b"}'],
    ['a half of a character', { value: '\ud800' }, '{"value":"\\ud800"}'],
    ['a name that means something to JavaScript', JSON.parse('{"__proto__":"a"}') as object, '{"__proto__":"a"}'],
  ])('%s', async (_what, data, stored) => {
    expect((await ask('POST', 'secret/data/company/KEY', { data })).status).toBe(200);
    const path = SecretPath.of('main', 'company', 'KEY');
    const { value } = (await api.backend.read(path, { signal: new AbortController().signal })) ?? {};
    expect(value?.reveal()).toBe(stored);
    expect(JSON.stringify((await dataOf('company/KEY')).data)).toBe(JSON.stringify(data));
  });

  it('keeps the digits of numbers', async () => {
    const data = '{"long":12345678901234567890,"exact":1.50,"deep":[{"a":1e400}]}';
    await ask('PUT', 'secret/data/company/KEY', `{"data":${data}}`);
    expect((await ask('GET', 'secret/data/company/KEY')).text).toContain(`"data":{"data":${data}`);
  });

  it('shows other values as the field `value`, and what only looks like an object', async () => {
    await api.put('company', 'PLAIN');
    await api.put('company', 'BRACE', { value: '{not json' });
    expect((await dataOf('company/PLAIN')).data).toEqual({ value: 'value of PLAIN' });
    expect((await dataOf('company/BRACE')).data).toEqual({ value: '{not json' });
  });

  it('is of its namespace alone, and absent as Vault says it', async () => {
    await api.put('company', 'KEY');
    expect(await ask('GET', 'secret/data/company/team/KEY')).toMatchObject({ status: 404, body: { errors: [] } });
  });

  it('is of the tenant that X-Vault-Namespace names', async () => {
    await ask('PUT', 'secret/data/company/KEY', { data: { value: 'a' } }, { 'x-vault-namespace': 'other/' });
    expect((await ask('GET', 'secret/data/company/KEY')).status).toBe(404);
    const other = await ask('GET', 'secret/data/company/KEY', undefined, { 'x-vault-namespace': 'other' });
    expect(other.body.data.data).toEqual({ value: 'a' });
    expect((await ask('GET', 'secret/data/company/KEY', undefined, { 'x-vault-namespace': 'a/b' })).status).toBe(400);
  });

  it('is deleted, again and again', async () => {
    await ask('PUT', 'secret/data/company/KEY', { data: { value: 'a' } });
    for (const path of ['secret/data/company/KEY', 'secret/metadata/company/KEY']) {
      expect((await ask('DELETE', path)).status).toBe(204);
    }
    expect((await ask('GET', 'secret/data/company/KEY')).status).toBe(404);
  });

  it('is changed by a merge patch', async () => {
    await ask('PUT', 'secret/data/company/KEY', { data: { a: 1, b: { c: 2, d: 3 }, e: 'f' } });
    const patched = await ask(
      ...(['PATCH', 'secret/data/company/KEY', { data: { a: null, b: { c: 4 }, g: 'h' } }] as const),
      { 'content-type': 'application/merge-patch+json' },
    );
    expect(patched.status).toBe(200);
    expect((await dataOf('company/KEY')).data).toEqual({ b: { c: 4, d: 3 }, e: 'f', g: 'h' });
    expect(await ask('PATCH', 'secret/data/company/NONE', { data: {} })).toMatchObject({
      status: 404,
      body: { errors: [] },
    });
  });

  it('is written where options.cas says so alone', async () => {
    const write = (cas: unknown) => ask('PUT', 'secret/data/company/KEY', { data: { value: 'a' }, options: { cas } });
    const refusal = 'check-and-set parameter did not match the current version';
    expect(await write(1)).toMatchObject({ status: 400, body: { errors: [refusal] } });
    expect((await write(0)).status).toBe(200);
    expect((await write(0)).status).toBe(400);
    const { version } = (await dataOf('company/KEY')).metadata;
    expect((await write(version + 1)).status).toBe(400);
    expect((await write(String(version))).status).toBe(200);
  });

  it('keeps description and tags', async () => {
    await api.put('company', 'KEY', { description: 'of the store', tags: [{ key: 'team', value: 'data' }] });
    await ask('PUT', 'secret/data/company/KEY', { data: { value: 'a' } });
    await ask('PATCH', 'secret/data/company/KEY', { data: { b: 'c' } });
    expect((await ask('GET', 'secret/metadata/company/KEY')).body.data.custom_metadata).toEqual({
      ...{ team: 'data', description: 'of the store' },
    });
  });
});

describe('metadata', () => {
  it('lists what is below a path, and of nothing else', async () => {
    for (const [namespace, key] of [
      ['company', 'A'],
      ['company.team', 'B'],
      ['company.team.app', 'C'],
      ['company', 'team'],
      ['companyb', 'D'],
    ] as const) {
      await api.put(namespace, key);
    }
    const list = async (path: string) => (await ask('GET', `secret/metadata${path}?list=true`)).body.data.keys;
    expect(await list('')).toEqual(['company/', 'companyb/']);
    expect(await list('/')).toEqual(['company/', 'companyb/']);
    expect(await list('/company')).toEqual(['A', 'team', 'team/']);
    expect(await list('/company/')).toEqual(['A', 'team', 'team/']);
    expect(await list('/company/team')).toEqual(['B', 'app/']);
    expect(await list('/company.team')).toEqual(['B', 'app/']);
    expect(await ask('GET', 'secret/metadata/none?list=true')).toMatchObject({ status: 404, body: { errors: [] } });
  });

  it('leaves out what the caller may not list, and says so where that is everything', async () => {
    await api.put('company', 'A');
    await api.put('company.team', 'B');
    await api.put('foreign', 'C');
    const list = async (path: string) =>
      ask('GET', `secret/metadata/${path}?list=true`, undefined, { as: 'team', 'x-vault-token': 'team' });
    expect((await list('')).body.data.keys).toEqual(['company/']);
    expect((await list('company')).body.data.keys).toEqual(['team/']);
    expect((await list('company/team')).body.data.keys).toEqual(['B']);
    expect(await list('foreign')).toMatchObject({
      status: 403,
      body: { errors: ['permission denied', expect.any(String)] },
    });
  });

  it('warns of keys that no path of such clients names', async () => {
    await api.put('company', 'a/b');
    await api.put('company', 'c');
    const { body } = await ask('GET', 'secret/metadata/company?list=true');
    expect([body.data.keys, body.warnings]).toEqual([['c'], [expect.stringContaining('1 of the secrets')]]);
    expect((await dataOf('company/a%2Fb')).data).toEqual({ value: 'value of a/b' });
  });

  it('is replaced and patched, and holds the description and the tags', async () => {
    await api.put('company', 'KEY', { description: 'old', tags: [{ key: 'team', value: 'data' }] });
    const shown = async () => (await ask('GET', 'secret/metadata/company/KEY')).body.data;
    expect(await shown()).toMatchObject({ current_version: 1, custom_metadata: { description: 'old', team: 'data' } });
    expect(
      (await ask('PATCH', 'secret/metadata/company/KEY', { custom_metadata: { team: null, owner: 'ann' } })).status,
    ).toBe(204);
    expect((await shown()).custom_metadata).toEqual({ description: 'old', owner: 'ann' });
    expect(
      (await ask('POST', 'secret/metadata/company/KEY', { custom_metadata: { count: 3 }, max_versions: 0 })).status,
    ).toBe(204);
    expect((await shown()).custom_metadata).toEqual({ count: '3' });
    expect((await dataOf('company/KEY')).metadata.custom_metadata).toEqual({ count: '3' });
    expect((await dataOf('company/KEY')).data).toEqual({ value: 'value of KEY' });
    const none = { max_versions: 0, cas_required: false, delete_version_after: '0s0ns' };
    expect((await ask('PUT', 'secret/metadata/company/KEY', none)).status).toBe(204);
    for (const settings of [{ max_versions: 5 }, { cas_required: true }, { delete_version_after: '1h' }]) {
      expect((await ask('PUT', 'secret/metadata/company/KEY', settings)).status).toBe(400);
    }
  });

  it('makes a secret without fields where there is none', async () => {
    await ask('POST', 'secret/metadata/company/KEY', { custom_metadata: { 'managed-by': 'external-secrets' } });
    expect((await dataOf('company/KEY')).data).toEqual({});
  });
});

describe('LIST', () => {
  /** What comes back for so many writes on one connection, until it is closed or idle. */
  const raw = (...parts: readonly string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      let answer = '';
      const socket = connect(port, '127.0.0.1');
      socket.on('error', reject).on('close', () => resolve(answer));
      let next = 0;
      const write = (): void => {
        const part = parts[next];
        next += 1;
        if (part !== undefined) socket.write(part, () => setTimeout(write, 20));
      };
      socket.on('data', (chunk) => (answer += chunk.toString()));
      socket.on('connect', write);
    });
  const head = 'HTTP/1.1\r\nHost: x\r\nX-Vault-Token: root\r\nConnection: keep-alive\r\n\r\n';

  it.each<[string, readonly string[]]>([
    ['at once', [`LIST /v1/secret/metadata/company ${head}`]],
    ['in pieces', ['LIST', ' /v1/secret/meta', `data/company ${head.slice(0, 20)}`, head.slice(20)]],
    ['behind another request', [`GET /health/live ${head}`, `LIST /v1/secret/metadata/company/?list=true& ${head}`]],
  ])('is served when it comes %s', async (_how, parts) => {
    await api.put('company', 'A');
    const answer = await raw(...parts);
    expect(answer).toContain('"data":{"keys":["A"]}');
    expect(answer).toMatch(/HTTP\/1\.1 200 OK\r\n(?:(?!\r\n\r\n)[^])*connection: close\r\n/i);
  });

  it.each<[string, string]>([
    ['has a body', `LIST /v1/secret/metadata/company HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc`],
    ['is of another path', `LIST /api/v1/main/secrets ${head}`],
    ['has a query of its own', `LIST /v1/secret/metadata/company?a=b ${head}`],
    ['is only like it', `LISZ /v1/secret/metadata/company ${head}`],
    ['is no request', 'LIST \r\n\r\n'],
    ['is too large', `LIST /v1/secret/metadata/${'a'.repeat(70_000)} ${head}`],
  ])('is refused when it %s', async (_why, text) => {
    expect(await raw(text)).toMatch(/^HTTP\/1\.1 4(00|31) /);
  });
});

describe('a read that is cached', () => {
  const rawBody = async (headers: Record<string, string>, path = 'company/KEY') => {
    const answer = await rawRequest(port, { method: 'GET', path: `/v1/secret/data/${path}`, headers });
    return { ...answer, body: JSON.parse(answer.body) as Body & { readonly request_id: string } };
  };

  it('is answered by the fast path as by the route, and recorded under the id that it tells', async () => {
    const value = new SecretValue('{"digits":1.50}');
    let cachedReads = 0;
    let [revision, changed] = [7, 1_796_000_000_123];
    const found = (path: SecretPath): ResolvedSecret => ({
      ...{ path, value, version: 'v', revision, changed },
      cacheStatus: { source: 'l1', remainingTtlMs: 1_500 },
    });
    const cachedApi = await openTestApi({
      vault: {},
      reads: {
        cached: ({ path }) => {
          cachedReads += 1;
          return path.tenant === 'main' ? found(path) : undefined;
        },
        resolve: ({ path }) => found(path),
      },
    });
    await api.app.close();
    [api, port] = [cachedApi, await listen(cachedApi.app)];
    const first = await rawBody({ 'x-vault-token': 'reader' });
    for (const shown of [
      { 'X-Vault-Token': 'reader' },
      { authorization: 'Bearer reader', 'X-Vault-Request': 'true' },
    ]) {
      const reads = cachedReads;
      const next = await rawBody(shown);
      expect(cachedReads).toBe(reads + 1);
      expect({ ...next.body, request_id: '' }).toEqual({ ...first.body, request_id: '' });
      expect(next.headers['content-type']).toBe(first.headers['content-type']);
      expect(next.headers['cache-status']).toBe(first.headers['cache-status']);
      expect(next.body.data.metadata).toMatchObject({ version: 7, created_time: '2026-11-30T00:53:20.123Z' });
      expect(api.audited().at(-1)).toMatchObject({ request: next.body.request_id, action: 'secret.read', key: 'KEY' });
    }
    // Whoever may list is shown what the secret has beside its value, as it is now; so is the value's revision.
    for (const [description, revisions, milliseconds] of [
      ['first', 0, 0],
      ['second', 0, 0],
      ['second', 1, 0],
      ['second', 0, 1_000],
    ] as const) {
      revision += revisions;
      changed += milliseconds;
      const custom_metadata = { description };
      await api.put('company', 'KEY');
      expect((await ask('POST', 'secret/metadata/company/KEY', { custom_metadata })).status).toBe(204);
      for (const time of ['at first', 'again']) {
        const reads = cachedReads;
        const { body } = await rawBody({ 'x-vault-token': 'root' });
        expect([time, cachedReads, body.data.metadata]).toEqual([
          time,
          reads + 1,
          expect.objectContaining({
            custom_metadata,
            version: revision,
            created_time: new Date(changed).toISOString(),
          }),
        ]);
      }
    }
    // Each tenant is judged by itself, whatever the target.
    expect((await rawBody({ 'x-vault-token': 'reader', 'x-vault-namespace': 'other' })).status).toBe(403);
    expect((await rawBody({ 'x-vault-token': 'root', 'x-vault-namespace': 'Bad' })).status).toBe(400);
    // What is not plain is the route's to answer.
    expect((await rawBody({ 'x-vault-token': 'reader', 'x-vault-wrap-ttl': '60s' })).status).toBe(400);
    expect((await rawBody({ 'x-vault-token': 'nobody' })).status).toBe(403);
  });
});

describe('what else clients ask', () => {
  it('is answered', async () => {
    expect((await ask('GET', 'sys/health')).body).toMatchObject({ initialized: true, sealed: false, standby: false });
    expect((await ask('GET', 'sys/init')).body).toEqual({ initialized: true });
    expect((await ask('GET', 'sys/seal-status')).body).toMatchObject({ sealed: false });
    expect((await ask('GET', 'sys/leader')).body).toMatchObject({ ha_enabled: false });
    const mount = { type: 'kv', options: { version: '2' } };
    expect((await ask('GET', 'sys/internal/ui/mounts')).body.data.secret).toMatchObject({ 'secret/': mount });
    for (const path of ['secret', 'secret/a/b']) {
      const { body } = await ask('GET', `sys/internal/ui/mounts/${path}`);
      expect(body.data).toMatchObject({ ...mount, path: 'secret/' });
    }
    expect((await ask('GET', 'sys/internal/ui/mounts/other/a')).status).toBe(403);
    for (const method of ['GET', 'POST'] as const) {
      const { body } = await ask(method, 'auth/token/lookup-self');
      expect(body.data).toMatchObject({ type: 'service', ttl: 0, expire_time: null, id: 'root' });
    }
  });

  it('is refused in Vault’s words', async () => {
    const errors = async (...call: Parameters<typeof ask>) => {
      const { status, body } = await ask(...call);
      return [status, body.errors[0]];
    };
    await ask('PUT', 'secret/data/company/KEY', { data: { value: 'a' } });
    expect(await errors('GET', 'secret/data/company/KEY', undefined, { 'x-vault-token': '' })).toEqual([
      403,
      'permission denied',
    ]);
    expect(await errors('GET', 'secret/data/company/KEY', undefined, { 'x-vault-token': 'lister' })).toEqual([
      403,
      'permission denied',
    ]);
    expect(await errors('GET', 'secret/data/company/KEY', undefined, { 'x-vault-wrap-ttl': '60s' })).toEqual([
      400,
      expect.stringContaining('wrapped'),
    ]);
    expect(await errors('GET', 'other/data/company/KEY')).toEqual([404, 'no handler for route']);
    expect(await errors('GET', 'secret/config')).toEqual([404, 'no handler for route']);
    expect(await errors('POST', 'secret/undelete/company/KEY', { versions: [1] })).toEqual([
      400,
      expect.stringContaining('gone'),
    ]);
    expect(await errors('PUT', 'secret/destroy/company/KEY', { versions: [1] })).toEqual([
      400,
      expect.stringContaining('destroyed'),
    ]);
    expect(await errors('PUT', 'secret/data/company/KEY', '{"data":')).toEqual([400, 'the body is not JSON']);
    expect(await errors('PUT', 'secret/data/company/KEY', {})).toEqual([400, expect.stringContaining('data')]);
    expect(await errors('GET', 'secret/data/KEY')).toEqual([400, expect.stringContaining('company/team/DB_PASSWORD')]);
    expect(await errors('GET', 'secret/data/company/KEY?version=x')).toEqual([400, expect.stringContaining('version')]);
    expect((await ask('GET', 'secret/data/company/KEY?version=9')).body).toEqual({ errors: [] });
  });

  it('deletes the versions that are named', async () => {
    await ask('PUT', 'secret/data/company/KEY', { data: { value: 'a' } });
    const { version } = (await dataOf('company/KEY')).metadata;
    expect((await ask('POST', 'secret/delete/company/KEY', { versions: [version + 1] })).status).toBe(204);
    expect((await ask('GET', 'secret/data/company/KEY')).status).toBe(200);
    expect((await ask('PUT', 'secret/delete/company/KEY', { versions: [String(version)] })).status).toBe(204);
    expect((await ask('GET', 'secret/data/company/KEY')).status).toBe(404);
  });

  it('loses no field that others patch meanwhile', async () => {
    await ask('PUT', 'secret/data/company/KEY', { data: {} });
    const names = Array.from({ length: 8 }, (_, at) => `field${at}`);
    const answers = await Promise.all(
      names.map((name) => ask('PATCH', 'secret/data/company/KEY', { data: { [name]: 'a' } })),
    );
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
    expect(Object.keys((await dataOf('company/KEY')).data as object).sort()).toEqual(names);
  });
});

it('does not change anything while it is read-only', async () => {
  const readOnly = await openTestApi({ vault: { readOnly: true } });
  const headers = { 'x-vault-token': 'root' };
  const call = (method: Method, path: string, payload?: object) =>
    readOnly.app.inject({ method, url: `/v1/secret/${path}/company/KEY`, headers, ...(payload && { payload }) });
  for (const answer of [
    await call('PUT', 'data', { data: { value: 'a' } }),
    await call('PATCH', 'data', { data: { value: 'a' } }),
    await call('DELETE', 'data'),
    await call('DELETE', 'metadata'),
    await call('POST', 'metadata', { custom_metadata: { a: 'b' } }),
    await call('POST', 'delete', { versions: [1] }),
  ]) {
    expect([answer.statusCode, answer.json().errors[0]]).toEqual([403, 'permission denied']);
  }
  expect(readOnly.writes.requests).toEqual([]);
  await readOnly.app.close();
});

it('is not there by default', async () => {
  const other = await openTestApi();
  const headers = { 'x-vault-token': 'root', authorization: 'Bearer root' };
  for (const url of ['/v1/sys/health', '/v1/secret/data/company/KEY', '/v1/auth/approle/login']) {
    const answer = await other.app.inject({ method: 'GET', url, headers });
    expect([answer.statusCode, answer.json().code]).toEqual([404, 'no-such-route']);
  }
  await other.app.close();
});
