/** @servers postgresql mariadb */
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import {
  api,
  startCoffer,
  testStore,
  until,
  type Answer,
  type Api,
  type Coffer,
  type StoreName,
  type TestStore,
} from '../harness/index.js';

// Starts real processes, on machines that may be busy.
jest.setTimeout(360_000);

interface Row {
  readonly key: string;
  readonly namespace: string;
  readonly description?: string;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
}

interface Page {
  readonly readOnly: boolean;
  readonly results: readonly Row[];
  readonly total: number;
}

const STORES: readonly StoreName[] = ['embedded', 'postgresql', 'mariadb'];
const JSON_UTF8 = { 'content-type': 'application/json; charset=UTF-8' };

describe.each(STORES)('the life of a secret on %s', (name) => {
  let store: TestStore;
  let coffer: Coffer;
  let main: Api;
  let count = 0;
  /** A namespace that no other test of the suite uses. */
  const fresh = (): string => `company.n${++count}`;
  const inTenant = (tenant: string): Api => api(coffer.url, coffer.token, { tenant });

  beforeAll(async () => {
    store = await testStore(name);
    const config = store.config();
    coffer = await startCoffer(config === undefined ? {} : { config });
    main = api(coffer.url, coffer.token);
  });
  afterAll(async () => {
    await coffer.stop();
    await store.drop();
  });

  const valueOf = async (namespace: string, key: string): Promise<unknown> =>
    (await main.value(namespace, key)).json()['value'];

  /** As it goes over the wire: nothing normalises the path. */
  const raw = async (method: string, path: string, headers: Record<string, string>): Promise<number | undefined> => {
    const sent = request(`${coffer.url}/`, {
      method,
      headers: { authorization: `Bearer ${coffer.token}`, ...headers },
    });
    sent.path = path;
    sent.end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.resume();
    await once(answer, 'end');
    return answer.statusCode;
  };

  describe('put', () => {
    it('creates, shows the secret without its value, and is read back at once', async () => {
      const namespace = fresh();
      const answer = await main.put(namespace, {
        namespace,
        key: 'DB_PASSWORD',
        value: 'first',
        description: 'of the database',
        tags: [
          { key: 'team', value: 'a' },
          { key: 'env', value: 'prod' },
        ],
      });
      expect(answer.status).toBe(200);
      expect(answer.json()).toEqual([
        {
          key: 'DB_PASSWORD',
          namespace,
          description: 'of the database',
          tags: [
            { key: 'env', value: 'prod' },
            { key: 'team', value: 'a' },
          ],
        },
      ]);
      expect(await valueOf(namespace, 'DB_PASSWORD')).toBe('first');
    });

    it('replaces the value and all metadata', async () => {
      const namespace = fresh();
      await main.put(namespace, { key: 'K', value: 'one', description: 'd', tags: [{ key: 't', value: '1' }] });
      const before = (await main.value(namespace, 'K')).json();
      expect((await main.put(namespace, { key: 'K', value: 'two' })).json()).toEqual([
        { key: 'K', namespace, tags: [] },
      ]);
      const after = (await main.value(namespace, 'K')).json();
      expect(after).toMatchObject({ key: 'K', namespace, value: 'two' });
      expect(after['version']).not.toBe(before['version']);
    });

    it('is POST as well', async () => {
      const namespace = fresh();
      const path = `/api/v1/main/namespaces/${namespace}/secrets`;
      const answer = await main.call('POST', path, { body: { key: 'K', value: 'posted' } });
      expect(answer.status).toBe(200);
      expect(answer.json()).toEqual([{ key: 'K', namespace, tags: [] }]);
      expect(await valueOf(namespace, 'K')).toBe('posted');
    });

    it.each([
      ['HTML-escaped', '{"value":"\\u003cb\\u003e\\u0026","key":"K"}', '<b>&'],
      ['ASCII-escaped', '{"tags":null,"value":"\\ud83d\\ude00 \\u00e9","description":null,"key":"K"}', '😀 é'],
      ['with line ends and tabs', JSON.stringify({ key: 'K', value: 'a\r\n\tb\n' }), 'a\r\n\tb\n'],
      ['as large as 500,000 bytes', JSON.stringify({ key: 'K', value: 'x'.repeat(500_000) }), 'x'.repeat(500_000)],
    ])('takes a body %s and keeps every character', async (_what, body, value) => {
      const namespace = fresh();
      expect((await main.put(namespace, body, JSON_UTF8)).status).toBe(200);
      expect(await valueOf(namespace, 'K')).toBe(value);
    });

    it('takes twenty at once, of twenty keys and of one', async () => {
      const namespace = fresh();
      const numbers = Array.from({ length: 20 }, (_, index) => index);
      const many = await Promise.all(numbers.map((n) => main.put(namespace, { key: `K${n}`, value: `v${n}` })));
      expect(many.map(({ status }) => status)).toEqual(numbers.map(() => 200));
      expect(await Promise.all(numbers.map((n) => valueOf(namespace, `K${n}`)))).toEqual(numbers.map((n) => `v${n}`));
      const one = await Promise.all(numbers.map((n) => main.put(namespace, { key: 'ONE', value: `v${n}` })));
      expect(one.map(({ status }) => status)).toEqual(numbers.map(() => 200));
      expect(numbers.map((n) => `v${n}`)).toContain(await valueOf(namespace, 'ONE'));
      expect((await main.list(`filters[namespace][EQUALS]=${namespace}`)).json<Page>().total).toBe(21);
    });
  });

  describe('patch', () => {
    const tags = [{ key: 'team', value: 'a' }];
    it.each([
      ['keeps what is absent', {}, { description: 'd', tags }],
      ['keeps tags that are null, and takes a null key', { key: null, tags: null }, { description: 'd', tags }],
      ['changes the description alone', { description: 'new' }, { description: 'new', tags }],
      ['clears tags by an empty list', { tags: [] }, { description: 'd', tags: [] }],
      [
        'replaces tags',
        { key: 'K', tags: [{ key: 'x', value: '' }] },
        { description: 'd', tags: [{ key: 'x', value: '' }] },
      ],
    ])('%s, and leaves the value', async (_what, body, metadata) => {
      const namespace = fresh();
      await main.put(namespace, { key: 'K', value: 'kept', description: 'd', tags });
      const answer = await main.patch(namespace, 'K', body);
      expect(answer.status).toBe(200);
      expect(answer.json()).toEqual([{ key: 'K', namespace, ...metadata }]);
      const listed = (await main.list(`filters[namespace][EQUALS]=${namespace}`)).json<Page>().results;
      expect(listed).toEqual([{ key: 'K', namespace, ...metadata }]);
      expect(await valueOf(namespace, 'K')).toBe('kept');
    });

    it('is 404 for what is absent, and makes nothing', async () => {
      const namespace = fresh();
      const answer = await main.patch(namespace, 'ABSENT', { description: 'd' });
      expect([answer.status, answer.json()['code']]).toEqual([404, 'not-found']);
      expect((await main.value(namespace, 'ABSENT')).status).toBe(404);
    });
  });

  describe('delete', () => {
    it.each([
      ['with nothing', {}],
      ['with a content type and no body', { 'content-type': 'application/json' }],
      ['with a length of 0', { 'content-length': '0' }],
    ])('%s is 204 twice, and the secret is gone', async (_what, headers) => {
      const namespace = fresh();
      await main.put(namespace, { key: 'K', value: 'v' });
      const path = `/api/v1/main/namespaces/${namespace}/secrets/K`;
      expect(await raw('DELETE', path, headers)).toBe(204);
      expect((await main.value(namespace, 'K')).status).toBe(404);
      expect(await raw('DELETE', path, headers)).toBe(204);
      expect((await main.list(`filters[namespace][EQUALS]=${namespace}`)).json<Page>().total).toBe(0);
    });

    it.each([
      ['a raw /', 'path/to/key', 'path/to/key'],
      ['an escaped /', 'path/to/key', 'path%2Fto%2Fkey'],
      ['a space', 'two words', 'two%20words'],
      ['a percent sign', '100%2Fnot', '100%252Fnot'],
    ])('takes a key with %s', async (_what, key, written) => {
      const namespace = fresh();
      await main.put(namespace, { key, value: 'v', description: 'd' });
      const path = `/api/v1/main/namespaces/${namespace}/secrets/${written}`;
      const patched = await main.call('PATCH', path, { body: { description: 'e' } });
      expect(patched.json()).toEqual([{ key, namespace, description: 'e', tags: [] }]);
      expect((await main.value(namespace, key)).json()).toMatchObject({ key, value: 'v' });
      expect(await raw('DELETE', path, { 'content-type': 'application/json' })).toBe(204);
      expect((await main.value(namespace, key)).status).toBe(404);
    });

    it('lets the key be created again', async () => {
      const namespace = fresh();
      await main.put(namespace, { key: 'K', value: 'v', description: 'd' });
      await main.delete(namespace, 'K');
      expect((await main.put(namespace, { key: 'K', value: 'w' })).json()).toEqual([{ key: 'K', namespace, tags: [] }]);
      expect(await valueOf(namespace, 'K')).toBe('w');
    });
  });

  describe('list', () => {
    const tag = (key: string, value: string) => ({ key, value });
    const secrets = [
      {
        namespace: 'acme',
        key: 'DB_PASSWORD',
        description: 'of the database',
        tags: [tag('env', 'prod'), tag('team', 'b')],
      },
      { namespace: 'acme', key: 'ML_TOKEN', tags: [tag('team', 'a')] },
      { namespace: 'acme.team', key: 'ml_model', tags: [tag('env', 'dev'), tag('team', 'a')] },
      { namespace: 'acme2', key: 'API', description: 'of the API', tags: [] },
      { namespace: 'other', key: 'HTML', tags: [] },
    ] as const;
    const [DB, TOKEN, MODEL, API, HTML] = secrets.map(({ namespace, key }) => `${namespace}/${key}`);
    const namesIn = (answer: Answer): string[] => {
      expect(answer.status).toBe(200);
      return answer.json<Page>().results.map(({ namespace, key }) => `${namespace}/${key}`);
    };
    let lists: Api;

    beforeAll(async () => {
      lists = inTenant('lists');
      const written = await Promise.all(
        secrets.map(({ namespace, ...body }) => lists.put(namespace, { ...body, value: 'of a list' })),
      );
      expect(written.map(({ status }) => status)).toEqual(secrets.map(() => 200));
    });

    const json = (...conditions: object[]): string =>
      `filters=${conditions.map((condition) => encodeURIComponent(JSON.stringify(condition))).join(',')}`;

    it.each([
      ['', [DB, TOKEN, MODEL, API, HTML]],
      ['filters=', [DB, TOKEN, MODEL, API, HTML]],
      ['filters[namespace][EQUALS]=acme', [DB, TOKEN]],
      ['filters%5Bnamespace%5D%5BEQUALS%5D=acme', [DB, TOKEN]],
      ['filters[namespace][NOT_EQUALS]=acme', [MODEL, API, HTML]],
      ['filters[namespace][PREFIX]=acme', [DB, TOKEN, MODEL]],
      ['filters[namespace][STARTS_WITH]=acme', [DB, TOKEN, MODEL, API]],
      ['filters[namespace][ENDS_WITH]=team', [MODEL]],
      ['filters[namespace][CONTAINS]=me2', [API]],
      ['filters[namespace][IN]=acme,other', [DB, TOKEN, HTML]],
      ['filters[namespace][NOT_IN]=acme,other', [MODEL, API]],
      ['filters[namespace][REGEX]=%5Eacm.%2A%5Ba-z%5D%24', [DB, TOKEN, MODEL]],
      ['filters[namespace][EQUALS]=No%20Such', []],
      ['filters[q][EQUALS]=ml', [TOKEN, MODEL, HTML]],
      ['filters[q][NOT_EQUALS]=ML', [DB, API]],
      ['filters[key][EQUALS]=API', [API]],
      ['filters[key][PREFIX]=ML', [TOKEN]],
      ['filters[description][CONTAINS]=of%20the', [DB, API]],
      ['filters[tags][EQUALS][team]=a', [TOKEN, MODEL]],
      ['filters%5Btags%5D%5BEQUALS%5D%5Bteam%5D=a', [TOKEN, MODEL]],
      ['filters[tags][NOT_EQUALS][team]=a', [DB, API, HTML]],
      ['filters[tags][EQUALS][team]=a&filters[tags][EQUALS][env]=dev', [MODEL]],
      ['filters[tags][IN][env]=dev,prod', [DB, MODEL]],
      ['filters[namespace][EQUALS]=acme&filters[q][EQUALS]=ml', [TOKEN]],
      ['filters[or][0][namespace][EQUALS]=other&filters[or][1][key][EQUALS]=API', [API, HTML]],
      [
        'filters[or][0][namespace][EQUALS]=acme&filters[or][0][q][EQUALS]=ml&filters[or][1][key][EQUALS]=HTML',
        [TOKEN, HTML],
      ],
      [json({ field: 'q', operation: 'EQUALS', value: 'ML' }), [TOKEN, MODEL, HTML]],
      [
        json(
          { field: 'q', operation: 'EQUALS', value: 'ML' },
          { field: 'namespace', operation: 'PREFIX', value: 'acme' },
        ),
        [TOKEN, MODEL],
      ],
      [json({ field: 'namespace', operation: 'IN', value: ['acme2', 'other'] }), [API, HTML]],
      [json({ field: 'tags', operation: 'EQUALS', value: { env: 'dev' } }), [MODEL]],
    ])('?%s', async (query, expected) => {
      const answer = await lists.list(query);
      expect(namesIn(answer)).toEqual(expected);
      expect(answer.json<Page>().total).toBe(expected.length);
      expect(answer.text).not.toContain('of a list');
    });

    it.each([
      'filters[key][LIKE]=x',
      'filters[size][EQUALS]=1',
      'filters[tags][EQUALS]=a',
      'filters[q][REGEX]=a',
      'filters[key][REGEX]=(',
      'filters[key]=x',
      'filters[or][x][key][EQUALS]=a',
      'filters={',
      'filters={"field":"q"}',
      'sort=value:asc',
      'sort=key:up',
      'page=0',
      'size=x',
    ])('refuses ?%s with 422', async (query) => {
      const answer = await lists.list(query);
      expect([answer.status, answer.json()['code']]).toEqual([422, 'invalid']);
    });

    it('shows every field of a row, tags always, and never a value', async () => {
      expect((await lists.list('filters[namespace][STARTS_WITH]=acme&sort=key:asc')).json()).toEqual({
        readOnly: false,
        total: 4,
        results: [secrets[3], secrets[0], secrets[1], secrets[2]],
      });
    });

    it.each([
      ['sort=key:desc', [MODEL, TOKEN, HTML, DB, API]],
      ['sort=namespace:desc,key:desc', [HTML, API, MODEL, TOKEN, DB]],
      ['sort=namespace:desc&sort=key:desc', [HTML, API, MODEL, TOKEN, DB]],
      ['sort=key%3Aasc', [API, DB, HTML, TOKEN, MODEL]],
    ])('sorts by ?%s', async (query, expected) => {
      expect(namesIn(await lists.list(query))).toEqual(expected);
    });

    it('pages from 1 with an exact total, the last page short and the next one empty', async () => {
      const pages = await Promise.all([1, 2, 3, 4].map((page) => lists.list(`page=${page}&size=2`)));
      expect(pages.map(namesIn)).toEqual([[DB, TOKEN], [MODEL, API], [HTML], []]);
      expect(pages.map((page) => page.json<Page>().total)).toEqual([5, 5, 5, 5]);
    });

    it('has ten rows on a page unless told', async () => {
      const many = inTenant('many');
      await Promise.all(Array.from({ length: 12 }, (_, n) => many.put('ns', { key: `K${n}`, value: 'v' })));
      const page = (await many.list()).json<Page>();
      expect([page.results.length, page.total]).toEqual([10, 12]);
      expect((await many.list('size=100')).json<Page>().results).toHaveLength(12);
    });

    it('lists one namespace by the deprecated call', async () => {
      const one = (query: string) => lists.call('GET', `/api/v1/lists/namespaces/acme/secrets${query}`);
      expect(namesIn(await one(''))).toEqual([DB, TOKEN]);
      expect(namesIn(await one('?page=2&size=1&sort=key:desc'))).toEqual([DB]);
      expect(namesIn(await one('?filters[q][EQUALS]=ml'))).toEqual([TOKEN]);
    });

    it('shows the keys that a namespace inherits, also where nothing was ever written', async () => {
      expect((await lists.inherited('acme.team')).json()).toEqual({
        'acme.team': ['ml_model'],
        acme: ['DB_PASSWORD', 'ML_TOKEN'],
      });
      expect((await lists.inherited('nobody.was.here')).json()).toEqual({
        'nobody.was.here': [],
        'nobody.was': [],
        nobody: [],
      });
    });
  });

  describe('resolve', () => {
    const credentials = { user: 'ada', port: 5432, nested: { a: [1] } };

    it('answers the value, forbids its storing and says that no cache had it', async () => {
      const namespace = fresh();
      await main.put(namespace, { key: 'K', value: 'v' });
      const answer = await main.value(namespace, 'K', 'refresh=true');
      expect(answer.status).toBe(200);
      const { changed, ...rest } = answer.json<{ readonly changed: string }>();
      expect(rest).toEqual({ key: 'K', namespace, value: 'v', version: expect.any(String) });
      expect(new Date(changed).toISOString()).toBe(changed);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('cache-status')).toBe('coffer; fwd=bypass; detail=store');
    });

    it.each([
      ['user', 'ada'],
      ['port', '5432'],
      ['nested', '{"a":[1]}'],
    ])('answers the subkey %s', async (subkey, expected) => {
      const namespace = fresh();
      await main.put(namespace, { key: 'K', value: JSON.stringify(credentials) });
      expect((await main.value(namespace, 'K', `subkey=${subkey}`)).json()['value']).toBe(expected);
    });

    it('looks in the parents, nearest first, unless told not to', async () => {
      const namespace = fresh();
      const child = `${namespace}.app.job`;
      await main.put(namespace, { key: 'K', value: 'of the parent' });
      expect((await main.value(child, 'K')).json()).toMatchObject({ namespace, value: 'of the parent' });
      await main.put(`${namespace}.app`, { key: 'K', value: 'of the middle' });
      expect((await main.value(child, 'K')).json()).toMatchObject({
        namespace: `${namespace}.app`,
        value: 'of the middle',
      });
      expect((await main.value(child, 'K', 'inherit=false')).status).toBe(404);
      await main.delete(`${namespace}.app`, 'K');
      expect((await main.value(child, 'K')).json()).toMatchObject({ namespace, value: 'of the parent' });
    });

    it('names the key and the namespaces tried when there is none', async () => {
      const answer = await main.value('company.team.app', 'NOWHERE');
      expect(answer.status).toBe(404);
      expect(answer.json()['detail']).toBe("there is no secret 'NOWHERE' in company.team.app, company.team, company");
    });

    it('answers a batch in its order, each key with its value or its own error', async () => {
      const namespace = fresh();
      await main.put(namespace, { key: 'PLAIN', value: 'plain' });
      await main.put(namespace, { key: 'JSON', value: JSON.stringify(credentials) });
      const answer = await main.resolve(`${namespace}.child`, [
        { key: 'JSON', subkey: 'user' },
        { key: 'ABSENT' },
        { key: 'PLAIN' },
        { key: 'PLAIN', namespace },
        { key: 'PLAIN', subkey: 'user' },
        { key: '' },
      ]);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.json()).toMatchObject([
        { key: 'JSON', namespace, value: 'ada' },
        { key: 'ABSENT', error: { code: 'not-found', status: 404 } },
        { key: 'PLAIN', namespace, value: 'plain' },
        { key: 'PLAIN', namespace, value: 'plain' },
        { key: 'PLAIN', error: { code: 'invalid', status: 422 } },
        { key: '', error: { code: 'invalid', status: 422 } },
      ]);
    });

    it('takes 500 keys in a batch, not 501 and not none', async () => {
      const namespace = fresh();
      await main.put(namespace, { key: 'K', value: 'v' });
      const batch = (size: number) => main.resolve(namespace, new Array(size).fill({ key: 'K' }));
      const full = await batch(500);
      expect(full.json<{ value: string }[]>().filter(({ value }) => value === 'v')).toHaveLength(500);
      expect([(await batch(501)).status, (await batch(0)).status]).toEqual([422, 422]);
    });
  });

  describe('idempotency', () => {
    it('answers a repeat with the first outcome and applies nothing again', async () => {
      const namespace = fresh();
      const headers = { 'idempotency-key': 'once' };
      const body = { key: 'K', value: 'first', description: 'd' };
      const first = await main.put(namespace, body, headers);
      expect(first.status).toBe(200);
      await main.put(namespace, { key: 'K', value: 'second' });
      const repeat = await main.put(namespace, body, headers);
      expect([repeat.status, repeat.json()]).toEqual([200, first.json()]);
      expect(await valueOf(namespace, 'K')).toBe('second');
    });

    it('repeats a failure as well', async () => {
      const namespace = fresh();
      const headers = { 'idempotency-key': 'once' };
      const patch = () => main.patch(namespace, 'K', { description: 'd' }, headers);
      expect((await patch()).status).toBe(404);
      await main.put(namespace, { key: 'K', value: 'v' });
      expect((await patch()).status).toBe(404);
    });

    it('refuses another payload', async () => {
      const namespace = fresh();
      const headers = { 'idempotency-key': 'once' };
      await main.put(namespace, { key: 'K', value: 'first' }, headers);
      const other = await main.put(namespace, { key: 'K', value: 'a-third-value' }, headers);
      expect([other.status, other.json()['code']]).toEqual([422, 'operation-mismatch']);
      expect(other.text).not.toContain('a-third-value');
      expect(await valueOf(namespace, 'K')).toBe('first');
    });

    it('deletes once', async () => {
      const namespace = fresh();
      const headers = { 'idempotency-key': 'once' };
      await main.put(namespace, { key: 'K', value: 'v' });
      expect((await main.delete(namespace, 'K', headers)).status).toBe(204);
      await main.put(namespace, { key: 'K', value: 'again' });
      expect((await main.delete(namespace, 'K', headers)).status).toBe(204);
      expect(await valueOf(namespace, 'K')).toBe('again');
    });
  });

  describe('async', () => {
    const RESPOND_ASYNC = { prefer: 'respond-async' };
    const endOf = (answer: Answer) =>
      until('the operation ends', async () => {
        const state = await main.call('GET', answer.headers.get('location') ?? '');
        return state.json()['state'] === 'pending' ? undefined : state.json();
      });

    it('answers 202 with where the state is, and the write is applied', async () => {
      const namespace = fresh();
      const put = await main.put(namespace, { key: 'K', value: 'v' }, RESPOND_ASYNC);
      expect([put.status, put.json()['state'], put.headers.get('preference-applied')]).toEqual([
        202,
        'pending',
        'respond-async',
      ]);
      const id = String(put.json()['id']);
      expect(put.headers.get('location')).toBe(`/coffer/v1/main/operations/${id}`);
      expect(await endOf(put)).toEqual({ id, state: 'applied' });
      expect(await valueOf(namespace, 'K')).toBe('v');
      const patch = await main.patch(namespace, 'K', { description: 'd' }, RESPOND_ASYNC);
      expect(await endOf(patch)).toMatchObject({ state: 'applied' });
      const gone = await main.delete(namespace, 'K', RESPOND_ASYNC);
      expect([gone.status, await endOf(gone)]).toMatchObject([202, { state: 'applied' }]);
      expect((await main.value(namespace, 'K')).status).toBe(404);
    });

    it('says that and why an operation failed', async () => {
      const answer = await main.patch(fresh(), 'ABSENT', { description: 'd' }, RESPOND_ASYNC);
      expect(answer.status).toBe(202);
      expect(await endOf(answer)).toMatchObject({ state: 'failed', code: 'not-found' });
    });

    it('knows no operation of another tenant, and none that is old', async () => {
      const put = await main.put(fresh(), { key: 'K', value: 'v' }, RESPOND_ASYNC);
      await endOf(put);
      const elsewhere = await inTenant('elsewhere').operation(String(put.json()['id']));
      expect([elsewhere.status, elsewhere.json()['code']]).toEqual([404, 'operation-expired']);
      const old = await main.operation('01890000-0000-7000-8000-000000000000');
      expect([old.status, old.json()['code']]).toEqual([404, 'operation-expired']);
    });
  });

  describe('tenants', () => {
    it('keeps them apart', async () => {
      const namespace = fresh();
      const [one, two] = [inTenant('one'), inTenant('two')];
      await one.put(namespace, { key: 'K', value: 'of one' });
      expect((await two.value(namespace, 'K')).status).toBe(404);
      await two.put(namespace, { key: 'K', value: 'of two' });
      await two.delete(namespace, 'K');
      expect((await one.value(namespace, 'K')).json()['value']).toBe('of one');
      expect((await two.list()).json<Page>().total).toBe(0);
      expect((await one.list()).json<Page>().results).toMatchObject([{ namespace, key: 'K' }]);
    });

    it('takes the root without a tenant for main', async () => {
      const namespace = fresh();
      const root = `/api/v1/namespaces/${namespace}`;
      const put = await main.call('PUT', `${root}/secrets`, { body: { key: 'a/K', value: 'v' } });
      expect([put.status, put.json()]).toEqual([200, [{ key: 'a/K', namespace, tags: [] }]]);
      expect((await inTenant('main').value(namespace, 'a/K')).json()['value']).toBe('v');
      expect((await main.call('PATCH', `${root}/secrets/a/K`, { body: { description: 'd' } })).status).toBe(200);
      const listed = await main.call('GET', `/api/v1/secrets?filters[namespace][EQUALS]=${namespace}`);
      expect(listed.json<Page>().results).toEqual([{ key: 'a/K', namespace, description: 'd', tags: [] }]);
      expect((await main.call('GET', `${root}/inherited-secrets`)).json()).toMatchObject({ [namespace]: ['a/K'] });
      expect((await main.call('DELETE', `${root}/secrets/a%2FK`)).status).toBe(204);
      expect((await main.value(namespace, 'a/K')).status).toBe(404);
    });
  });

  it('survives a restart of the process, values, metadata and absence alike', async () => {
    const namespace = fresh();
    await main.put(namespace, { key: 'KEPT', value: 'v', description: 'd', tags: [{ key: 't', value: '1' }] });
    await main.put(namespace, { key: 'GONE', value: 'v' });
    await main.delete(namespace, 'GONE');
    const { dataFolder, token, configFile } = coffer;
    const before = coffer;
    before.kill('SIGTERM');
    expect(await before.exited).toEqual({ code: 0, signal: null });
    coffer = await startCoffer({ dataFolder, token, ...(configFile === undefined ? {} : { configFile }) });
    main = api(coffer.url, token);
    try {
      expect((await main.list(`filters[namespace][EQUALS]=${namespace}`)).json<Page>().results).toEqual([
        { key: 'KEPT', namespace, description: 'd', tags: [{ key: 't', value: '1' }] },
      ]);
      expect(await valueOf(namespace, 'KEPT')).toBe('v');
      expect(coffer.stdout()).not.toContain('access token');
    } finally {
      await coffer.stop();
      coffer = before;
    }
  });
});
