import { fenceOf, SecretPath, SecretValue } from '@coffer/secrets';
import { openTestApi, type TestApi } from '../../fixture/test-api.js';
import { until } from '../../fixture/until.js';

interface Row {
  readonly key: string;
  readonly namespace: string;
  readonly origin: object;
  readonly states: readonly string[];
  readonly version?: string;
}
interface Page {
  readonly secrets: readonly Row[];
  readonly total: number;
  readonly next?: string;
}

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi({ refreshMs: 20 });
  // A gateway lists the stores of its tenants before it is asked.
  await search();
  const tags = [
    { key: 'team', value: 'data' },
    { key: 'Stage', value: 'prod' },
  ];
  await api.put('company', 'SHARED', { description: 'of all' });
  await api.put('company', 'PARENT');
  await api.put('company.team', 'SHARED', { tags });
  await api.put('company.team', 'OWN', { description: 'The Database' });
  await api.put('company.team.app', 'DEEP', { tags: [{ key: 'team', value: 'app' }] });
  await api.put('company.teams', 'OTHER');
  await api.put('foreign', 'SHARED');
});
afterAll(() => api.app.close());

const search = async (query = '', as = 'root'): Promise<Page> => {
  const answer = await api.call('GET', `/coffer/v1/main/secrets${query}`, { as });
  if (answer.statusCode !== 200) throw new Error(answer.body);
  return answer.json<Page>();
};
const names = ({ secrets }: Page): string[] => secrets.map(({ namespace, key }) => `${namespace}/${key}`);
const refused = async (query: string): Promise<unknown[]> => {
  const answer = await api.call('GET', `/coffer/v1/main/secrets${query}`);
  return [answer.statusCode, answer.json<{ code: string }>().code];
};

const signal = new AbortController().signal;

describe('the search of secrets', () => {
  it('shows everything that the caller may list, and no trace of the rest', async () => {
    const all = ['company/PARENT', 'company/SHARED', 'company.team/OWN', 'company.team/SHARED'];
    const others = ['company.team.app/DEEP', 'company.teams/OTHER', 'foreign/SHARED'];
    expect(names(await search())).toEqual([...all, ...others]);
    const own = await search('', 'team');
    expect([names(own), own.total]).toEqual([['company.team/OWN', 'company.team/SHARED', 'company.team.app/DEEP'], 3]);
    expect((await search('?namespace=foreign', 'team')).total).toBe(0);
    expect((await search('?namespace=never.written')).total).toBe(0);
  });

  it('a row says where it is from, what it hides, its store, its version and when it was written', async () => {
    const { secrets } = await search('?namespace=company.team');
    expect(secrets).toEqual([
      {
        ...{ key: 'OWN', namespace: 'company.team', origin: { kind: 'here' }, description: 'The Database', tags: [] },
        ...{ store: { name: 'default', type: 'memory', readOnly: false }, states: [], version: expect.any(String) },
        changed: expect.stringMatching(/^20\d\d-.*Z$/),
      },
      expect.objectContaining({ key: 'SHARED', origin: { kind: 'here', shadows: 'company' } }),
    ]);
    const value = await api.call('GET', '/coffer/v1/main/namespaces/company.team/values/OWN');
    expect(secrets[0]?.version).toBe(value.json().version);
  });

  it('a parent that the caller may not list is not said to be hidden', async () => {
    const { secrets } = await search('?namespace=company.team&q=shared', 'team');
    expect(secrets[0]?.origin).toEqual({ kind: 'here' });
  });

  it('children and what is inherited are added on demand', async () => {
    const origins = ({ secrets }: Page) => secrets.map(({ namespace, key, origin }) => [`${namespace}/${key}`, origin]);
    expect(names(await search('?namespace=company.team&children=true'))).toEqual([
      'company.team/OWN',
      'company.team/SHARED',
      'company.team.app/DEEP',
    ]);
    const inherited = await search('?namespace=company.team.app&inherit=true&sort=key');
    expect(origins(inherited)).toEqual([
      ['company.team.app/DEEP', { kind: 'here' }],
      ['company.team/OWN', { kind: 'inherited' }],
      ['company/PARENT', { kind: 'inherited' }],
      ['company.team/SHARED', { kind: 'inherited', shadows: 'company' }],
    ]);
    const both = await search('?namespace=company.team&children=true&inherit=true&sort=key:desc');
    expect([names(both), both.total]).toEqual([
      ['company.team/SHARED', 'company/PARENT', 'company.team/OWN', 'company.team.app/DEEP'],
      4,
    ]);
  });

  it('finds text in keys, descriptions and tags, and tags by key or value', async () => {
    expect(names(await search('?q=database'))).toEqual(['company.team/OWN']);
    expect(names(await search('?key=OWN'))).toEqual(['company.team/OWN']);
    expect(names(await search('?key=own'))).toEqual([]);
    expect(names(await search('?key=WN'))).toEqual([]);
    expect(names(await search('?key=OWN&q=nothing'))).toEqual([]);
    expect(names(await search('?q=OF%20ALL'))).toEqual(['company/SHARED']);
    expect(names(await search('?q=PROD'))).toEqual(['company.team/SHARED']);
    expect(names(await search('?tag=team'))).toEqual(['company.team/SHARED', 'company.team.app/DEEP']);
    expect(names(await search('?tag=team=app'))).toEqual(['company.team.app/DEEP']);
    expect(names(await search('?tag=team&tag=Stage=prod'))).toEqual(['company.team/SHARED']);
    expect(names(await search('?tag=team=dat'))).toEqual([]);
  });

  it('pages by cursor and by offset, in any order', async () => {
    for (const sort of ['', 'key:desc', 'description:asc,key:desc', 'changed:desc', 'store']) {
      const all = names(await search(`?sort=${sort}`));
      const byCursor: string[] = [];
      for (let next: string | undefined = ''; next !== undefined;) {
        const page: Page = await search(`?sort=${sort}&limit=2${next === '' ? '' : `&cursor=${next}`}`);
        expect(page.total).toBe(all.length);
        byCursor.push(...names(page));
        ({ next } = page);
      }
      expect(byCursor).toEqual(all);
      expect(names(await search(`?sort=${sort}&limit=3&offset=2`))).toEqual(all.slice(2, 5));
    }
    expect(names(await search('?offset=100'))).toEqual([]);
  });

  it('refuses what it does not understand', async () => {
    const { next } = await search('?limit=1');
    const wrong = ['?sort=value', '?sort=key:up', '?state=x', '?tag==v', '?limit=501', '?limit=0', '?cursor=x', '?x=y'];
    for (const query of [
      ...wrong,
      `?sort=key&cursor=${next}`,
      `?cursor=${next}&offset=1`,
      '?namespace=A',
      '?offset=x',
    ]) {
      expect([query, ...(await refused(query))]).toEqual([query, 422, 'invalid']);
    }
  });

  it('shows a write that is under way until it has ended', async () => {
    const path = SecretPath.of('main', 'company', 'PARENT').toString();
    const common = { partition: 0, owner: 0n, path, fence: fenceOf(1, 1_000_000n), operation: 'op' };
    await api.messaging.log.append(0, { type: 'PREPARE', ...common, prepareNumber: 1 });
    await until(async () => (await search('?state=writing')).total === 1);
    expect((await search('?q=parent')).secrets[0]?.states).toEqual(['writing']);
    await api.messaging.log.append(0, { type: 'ABORT', ...common, kind: 'put', fingerprint: '', code: 'invalid' });
    await until(async () => (await search('?state=writing')).total === 0);
  });

  it('shows what was changed in the store without Coffer, until Coffer writes it', async () => {
    const outside = (kind: 'put' | 'delete', key: string, offset: bigint) => {
      const path = SecretPath.of('main', 'drift', key);
      const options = { fence: fenceOf(1, offset), signal };
      if (kind === 'delete') return api.backend.apply({ kind, path }, options);
      return api.backend.apply({ kind, path, value: new SecretValue('x'), metadata: { tags: [] } }, options);
    };
    await api.put('drift', 'GONE');
    await api.put('drift', 'CHANGED');
    await search('?namespace=drift');
    await outside('delete', 'GONE', 2_000n);
    await outside('put', 'CHANGED', 2_001n);
    await outside('put', 'NEW', 2_002n);
    await until(async () => (await search('?state=drifted,missing')).total === 3);
    const { secrets } = await search('?namespace=drift');
    expect(secrets.map(({ key, states, version }) => [key, states, version !== undefined])).toEqual([
      ['CHANGED', ['drifted'], true],
      ['GONE', ['missing'], false],
      ['NEW', ['drifted'], true],
    ]);
    expect(names(await search('?state=missing'))).toEqual(['drift/GONE']);
    const ignored = (method: 'PUT' | 'DELETE', key: string) =>
      api.call(method, `/coffer/v1/main/namespaces/drift/ignored-drift/${key}`);
    for (const key of ['CHANGED', 'GONE']) expect((await ignored('PUT', key)).statusCode).toBe(204);
    expect((await ignored('PUT', 'NOTHING')).statusCode).toBe(404);
    expect(names(await search('?state=drifted,missing'))).toEqual(['drift/NEW']);
    expect(names(await search('?state=ignored'))).toEqual(['drift/CHANGED', 'drift/GONE']);
    const { stores } = (await api.call('GET', '/coffer/v1/main/system')).json<{ stores: { drift: object }[] }>();
    expect(stores[0]?.drift).toEqual({ appeared: 1, changed: 0, deleted: 0 });
    expect((await ignored('DELETE', 'GONE')).statusCode).toBe(204);
    expect(names(await search('?state=missing'))).toEqual(['drift/GONE']);
    // What is changed anew is shown anew.
    await outside('put', 'CHANGED', 2_100n);
    await until(async () => (await search('?state=drifted,missing')).total === 3);
    expect(names(await search('?state=ignored'))).toEqual([]);
    expect(api.audited().map(({ action }) => action)).toEqual(expect.arrayContaining(['drift.ignore', 'drift.regard']));
    const path = SecretPath.of('main', 'drift', 'NEW');
    await outside('delete', 'NEW', 2_003n);
    const sealed = new Uint8Array();
    await api.messaging.log.append(0, {
      ...{ type: 'COMMIT', partition: 0, owner: 0n, path: path.toString(), fence: fenceOf(1, 2_004n), sealed },
      ...{ operation: 'op2', kind: 'delete', fingerprint: '', outcome: 'applied' },
    });
    await until(async () => (await search('?state=drifted,missing')).total === 2);
  });
});

describe('the tree of namespaces', () => {
  const tree = async (as: string) => {
    const answer = await api.call('GET', '/coffer/v1/main/namespaces', { as });
    return answer.json<{
      namespaces: { namespace: string; secrets?: number; withChildren?: number; permissions: string[] }[];
    }>().namespaces;
  };

  it('counts what the caller may list, and says what he may do', async () => {
    const all = await tree('root');
    expect(all.slice(0, 4).map(({ namespace, secrets, withChildren }) => [namespace, secrets, withChildren])).toEqual([
      ['company', 2, 6],
      ['company.team', 2, 3],
      ['company.team.app', 1, 1],
      ['company.teams', 1, 1],
    ]);
    expect(await tree('team')).toEqual([
      { namespace: 'company', permissions: [] },
      expect.objectContaining({ namespace: 'company.team', secrets: 2, withChildren: 3, store: expect.anything() }),
      expect.objectContaining({ namespace: 'company.team.app', permissions: ['list', 'resolve', 'write', 'delete'] }),
    ]);
  });

  it('tells who may not list nothing but the names of his own grants', async () => {
    expect(await tree('writer')).toEqual([
      { namespace: 'company', permissions: ['write'], store: { name: 'default', type: 'memory', readOnly: false } },
    ]);
    expect(await tree('admin')).toEqual([]);
  });
});

describe('a namespace by itself', () => {
  const describe = async (namespace: string, as: string) => {
    const answer = await api.call('GET', `/coffer/v1/main/namespaces/${namespace}`, { as });
    return [answer.statusCode, answer.json<object>()];
  };

  it('says what the caller may do there and what its store takes, whether or not it holds anything', async () => {
    const { valueBytes, descriptionBytes, tags } = api.backend.capabilities.limits;
    const { count, keyLength, valueLength } = tags;
    expect(await describe('company.team.new', 'team')).toEqual([
      200,
      {
        ...{ namespace: 'company.team.new', permissions: ['list', 'resolve', 'write', 'delete'] },
        store: {
          ...{ name: 'default', type: 'memory', readOnly: false },
          limits: { valueBytes, descriptionBytes, tags: { count, keyLength, valueLength } },
        },
      },
    ]);
  });

  it('tells nothing to who may do nothing there', async () => {
    expect(await describe('company.teams', 'team')).toEqual([200, { namespace: 'company.teams', permissions: [] }]);
    expect((await describe('Not%20one', 'team'))[0]).toBe(422);
  });
});
