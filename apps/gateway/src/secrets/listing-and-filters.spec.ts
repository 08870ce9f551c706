import fc from 'fast-check';
import { openTestApi, type TestApi } from '../fixture/test-api.js';
import { OPERATORS } from './filters/index.js';

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
  await api.put('company', 'DB_URL', { description: 'where it is', tags: [{ key: 'env', value: 'prod' }] });
  await api.put('company.team', 'DB_PASSWORD', {
    tags: [
      { key: 'env', value: 'dev' },
      { key: 'owner', value: 'ann' },
    ],
  });
  await api.put('company.team', 'api,key', { description: 'of the api' });
  await api.put('company.teams', 'Ml-Token');
  await api.put('other', 'ML_TOKEN', { tags: [{ key: 'env', value: 'prod' }] });
});
afterAll(() => api.app.close());

interface Row {
  readonly namespace: string;
  readonly key: string;
  readonly tags?: unknown;
}
interface Listed {
  readonly readOnly: boolean;
  readonly results: readonly Row[];
  readonly total: number;
}
const ALL = [
  'company/DB_URL',
  'company.team/DB_PASSWORD',
  'company.team/api,key',
  'company.teams/Ml-Token',
  'other/ML_TOKEN',
];
const list = async (query: string, as = 'root') => api.call('GET', `/api/v1/main/secrets${query}`, { as });
const found = async (query: string, as?: string): Promise<string[]> => {
  const answer = await list(query, as);
  if (answer.statusCode !== 200) throw new Error(answer.body);
  return answer.json<Listed>().results.map(({ namespace, key }) => `${namespace}/${key}`);
};
const encoded = (value: unknown) => encodeURIComponent(JSON.stringify(value));

describe('filters', () => {
  it.each<[string, string, string[]]>([
    ['none', '', ALL],
    ['an empty one', '?filters=', ALL],
    ['a bare name', '?filters', ALL],
    ['raw brackets', '?filters[namespace][EQUALS]=company.team', [ALL[1]!, ALL[2]!]],
    ['encoded brackets', '?filters%5Bnamespace%5D%5BEQUALS%5D=company.team', [ALL[1]!, ALL[2]!]],
    ['lower-case escapes', '?filters%5bnamespace%5d%5bEQUALS%5d=other', [ALL[4]!]],
    ['NOT_EQUALS', '?filters[namespace][NOT_EQUALS]=company.team', [ALL[0]!, ALL[3]!, ALL[4]!]],
    ['IN, joined by commas', '?filters[namespace][IN]=company,other', [ALL[0]!, ALL[4]!]],
    ['IN, repeated', '?filters[namespace][IN]=company&filters[namespace][IN]=other', [ALL[0]!, ALL[4]!]],
    ['NOT_IN', '?filters[namespace][NOT_IN]=company.team,company.teams,other', [ALL[0]!]],
    ['STARTS_WITH', '?filters[key][STARTS_WITH]=DB_', [ALL[0]!, ALL[1]!]],
    ['ENDS_WITH', '?filters[key][ENDS_WITH]=TOKEN', [ALL[4]!]],
    ['CONTAINS, with its case', '?filters[key][CONTAINS]=oken', [ALL[3]!]],
    ['REGEX, anywhere', '?filters[key][REGEX]=' + encodeURIComponent('_(URL|TOKEN)$'), [ALL[0]!, ALL[4]!]],
    ['PREFIX of a namespace: itself and children', '?filters[namespace][PREFIX]=company.team', [ALL[1]!, ALL[2]!]],
    ['PREFIX of a parent', '?filters[namespace][PREFIX]=company', ALL.slice(0, 4)],
    ['PREFIX of a key', '?filters[key][PREFIX]=DB_U', [ALL[0]!]],
    ['a key with a comma', '?filters[key][EQUALS]=api%2Ckey', [ALL[2]!]],
    ['q: contains, whatever the case', '?filters[q][EQUALS]=token', [ALL[3]!, ALL[4]!]],
    ['q negated', '?filters[q][NOT_EQUALS]=ToKeN', [ALL[0]!, ALL[1]!, ALL[2]!]],
    ['description', '?filters[description][CONTAINS]=where', [ALL[0]!]],
    ['an absent description is unequal', '?filters[description][NOT_EQUALS]=x', ALL],
    ['a plus is a space', '?filters[description][EQUALS]=where+it+is', [ALL[0]!]],
    ['tags as a map', '?filters[tags][EQUALS][env]=prod', [ALL[0]!, ALL[4]!]],
    ['tags, all of them', '?filters[tags][EQUALS][env]=dev&filters[tags][EQUALS][owner]=ann', [ALL[1]!]],
    ['tags, encoded', '?filters%5Btags%5D%5BIN%5D%5Benv%5D=dev,test', [ALL[1]!]],
    ['an absent tag is unequal', '?filters[tags][NOT_EQUALS][env]=prod', [ALL[1]!, ALL[2]!, ALL[3]!]],
    ['two at once', '?filters[namespace][PREFIX]=company&filters[q][EQUALS]=url', [ALL[0]!]],
    [
      'a group of alternatives',
      '?filters[or][0][namespace][EQUALS]=other&filters[or][1][key][EQUALS]=DB_URL',
      [ALL[0]!, ALL[4]!],
    ],
    [
      'alternatives of several conditions',
      '?filters[or][0][namespace][EQUALS]=company&filters[or][0][q][EQUALS]=nothing&filters[or][1][q][EQUALS]=password',
      [ALL[1]!],
    ],
    ['a group of and', '?filters[and][0][namespace][PREFIX]=company&filters[and][1][q][EQUALS]=db', [ALL[0]!, ALL[1]!]],
    [
      'a group beside a condition',
      '?filters[or][0][q][EQUALS]=db&filters[or][1][q][EQUALS]=ml&filters[namespace][EQUALS]=other',
      [ALL[4]!],
    ],
    ['JSON', `?filters=${encoded({ field: 'q', operation: 'EQUALS', value: 'ML' })}`, [ALL[3]!, ALL[4]!]],
    [
      'JSON, several joined by a comma',
      `?filters=${encoded({ field: 'q', operation: 'EQUALS', value: 'ML' })},${encoded({ field: 'namespace', operation: 'EQUALS', value: 'other' })}`,
      [ALL[4]!],
    ],
    [
      'JSON with a list',
      `?filters=${encoded({ field: 'namespace', operation: 'IN', value: ['company', 'other'] })}`,
      [ALL[0]!, ALL[4]!],
    ],
    [
      'JSON with a map',
      `?filters=${encoded({ field: 'tags', operation: 'EQUALS', value: { env: 'dev' } })}`,
      [ALL[1]!],
    ],
    [
      'JSON with the enum’s name',
      `?filters=${encoded({ field: 'QUERY', operation: 'EQUALS', value: 'ml_tok' })}`,
      [ALL[4]!],
    ],
    ['no match', '?filters[namespace][EQUALS]=nowhere', []],
    ['a namespace that none can be', '?filters[namespace][EQUALS]=Not%20One', []],
  ])('%s', async (_form, query, expected) => {
    expect(await found(query)).toEqual(expected.toSorted((a, b) => ALL.indexOf(a) - ALL.indexOf(b)));
  });

  it.each([
    'filters[namespace][LIKE]=x',
    'filters[namespace][equals]=x',
    'filters[value][EQUALS]=x',
    'filters[__proto__][EQUALS]=x',
    'filters[namespace]=x',
    'filters[namespace][EQUALS][x]=y',
    'filters[tags][EQUALS]=x',
    'filters[tags][EQUALS][]=x',
    'filters[tags][EQUALS][a][b]=x',
    'filters[or][x][q][EQUALS]=x',
    'filters[or][0][and][0][q][EQUALS]=x',
    'filters[constructor][0][q][EQUALS]=x',
    'filters[q][REGEX]=x',
    'filters[key][REGEX]=(',
    'filters[key][REGEX]=(?=a)',
    `filters[key][REGEX]=${'a'.repeat(1001)}`,
    'filters[[key]][EQUALS]=x',
    'filters[key][EQUALS]trailing=x',
    'filters={"field":"q"}',
    'filters={"field":"q","operation":"EQUALS","value":"x","extra":1}',
    'filters={"field":"q","operation":"EQUALS","value":null}',
    'filters=null',
    'filters=hunter2',
    'filters=[',
    Array.from({ length: 51 }, (_, i) => `filters[or][${i}][q][EQUALS]=x`).join('&'),
    'filter[key][EQUALS]=x',
    'sort=value:asc',
    'sort=key:up',
    'sort=key:asc:desc',
    'page=0',
    'page=-1',
    'page=1e3',
    'page=1&page=2',
    'size=0',
    'size=10001',
    'size=99999999999999999999',
    'size=',
    'unknown=1',
  ])('refuses ?%s with 422', async (query) => {
    const answer = await list(`?${query.replaceAll('"', '%22')}`);
    expect([answer.statusCode, answer.json().code]).toEqual([422, 'invalid']);
    expect(answer.body).not.toContain('hunter2');
  });

  it.each(['filters[key][EQUALS]=%', 'filters[key][EQUALS]=%ff', '%zz=1', 'sort=%c3%28'])(
    'refuses ?%s with 400',
    async (query) => {
      const answer = await list(`?${query}`);
      expect([answer.statusCode, answer.json().code]).toEqual([400, 'malformed']);
    },
  );

  it('takes a catastrophic pattern in its stride', async () => {
    await api.put('catastrophe', 'a'.repeat(255) + '!');
    expect(
      await found('?filters[namespace][EQUALS]=catastrophe&filters[key][REGEX]=' + encodeURIComponent('^(a|a)*(a+)+$')),
    ).toEqual([]);
    await api.call('DELETE', `/api/v1/main/namespaces/catastrophe/secrets/${'a'.repeat(255)}!`);
  });

  it('answers any query with 200, 400 or 422', async () => {
    const word = fc.constantFrom(
      'filters',
      'namespace',
      'key',
      'q',
      'tags',
      'description',
      'or',
      'and',
      '0',
      '1',
      '__proto__',
      'constructor',
      '',
      ...OPERATORS,
    );
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.constantFrom('(', '[a', 'x{1000}', '(?i)X', '\\', ',', '1', 'key:asc'),
    );
    const name = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('page', 'size', 'sort', 'filters'),
      fc.array(word, { maxLength: 6 }).map((words) => `filters${words.map((w) => `[${w}]`).join('')}`),
    );
    const wellFormed = (text: string) => encodeURIComponent(text.toWellFormed());
    const pair = fc.tuple(name, value).map(([n, v]) => `${wellFormed(n)}=${wellFormed(v)}`);
    const raw = fc.string().map((text) => text.replaceAll(/[\s#]/g, ''));
    const query = fc.oneof(
      { weight: 5, arbitrary: fc.array(pair, { maxLength: 4 }).map((pairs) => pairs.join('&')) },
      raw,
    );
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(query, async (text) => {
        const { statusCode } = await list(`?${text}`);
        seen.add(statusCode);
        return [200, 400, 422].includes(statusCode);
      }),
      { numRuns: 500 },
    );
    expect([...seen].sort()).toEqual([200, 400, 422]);
  });
});

describe('pages', () => {
  it('have ten rows unless asked otherwise, with the exact total', async () => {
    const many = await openTestApi({ readOnly: true });
    const keys = Array.from({ length: 23 }, (_, i) => `K${String(i).padStart(2, '0')}`);
    for (const key of keys) await many.put('a', key);
    const page = async (query: string) => (await many.call('GET', `/api/v1/secrets${query}`)).json<Listed>();
    const keysOf = ({ results }: Listed) => results.map(({ key }) => key);
    const first = await page('');
    expect([first.readOnly, first.total, keysOf(first)]).toEqual([true, 23, keys.slice(0, 10)]);
    expect(keysOf(await page('?page=3'))).toEqual(keys.slice(20));
    expect(await page('?page=4')).toEqual({ readOnly: true, results: [], total: 23 });
    expect(keysOf(await page('?page=2&size=4'))).toEqual(keys.slice(4, 8));
    expect(keysOf(await page('?size=10000'))).toEqual(keys);
    expect(keysOf(await page('?sort=key:desc&size=2'))).toEqual(['K22', 'K21']);
    await many.app.close();
  });

  it('are sorted by several fields, repeated or joined by commas', async () => {
    const sorted = [ALL[4], ALL[3], ALL[1], ALL[2], ALL[0]];
    expect(await found('?sort=namespace:desc,key:asc')).toEqual(sorted);
    expect(await found('?sort=namespace:desc&sort=key:asc')).toEqual(sorted);
    expect(await found('?sort=namespace%3Adesc%2Ckey')).toEqual(sorted);
    expect((await found('?sort=description:desc'))[0]).toBe(ALL[0]);
  });

  it('carry tags on every row and never a value', async () => {
    const answer = await list('');
    expect(answer.json<Listed>().results.map(({ tags }) => Array.isArray(tags))).toEqual(ALL.map(() => true));
    expect(answer.body).not.toContain('value of');
  });

  it('show one namespace by the deprecated call', async () => {
    const answer = await api.call('GET', '/api/v1/namespaces/company.team/secrets?filters[q][EQUALS]=db');
    expect(answer.json()).toEqual({
      readOnly: false,
      results: [
        {
          key: 'DB_PASSWORD',
          namespace: 'company.team',
          tags: [
            { key: 'env', value: 'dev' },
            { key: 'owner', value: 'ann' },
          ],
        },
      ],
      total: 1,
    });
  });
});

describe('what a list shows', () => {
  it('is what the caller may list, in rows and in the total', async () => {
    expect(await found('', 'team')).toEqual([ALL[1], ALL[2]]);
    expect((await list('', 'team')).json().total).toBe(2);
    expect(await found('?filters[namespace][EQUALS]=other', 'team')).toEqual([]);
    expect(await found('', 'lister')).toEqual(ALL.slice(0, 4));
  });

  it('is nothing, with 403, for who may list nothing', async () => {
    expect((await list('', 'reader')).statusCode).toBe(403);
    expect((await api.call('GET', '/api/v1/other-tenant/secrets', { as: 'team' })).statusCode).toBe(403);
    expect((await api.call('GET', '/api/v1/main/namespaces/other/secrets', { as: 'team' })).statusCode).toBe(403);
  });

  it('has every level of inheritance, empty where the caller may not list', async () => {
    const inherited = async (namespace: string, as: string) =>
      (await api.call('GET', `/api/v1/main/namespaces/${namespace}/inherited-secrets`, { as })).json<object>();
    expect(await inherited('company.team.new', 'root')).toEqual({
      'company.team.new': [],
      'company.team': ['DB_PASSWORD', 'api,key'],
      company: ['DB_URL'],
    });
    expect(await inherited('company.team', 'team')).toEqual({
      'company.team': ['DB_PASSWORD', 'api,key'],
      company: [],
    });
  });
});
