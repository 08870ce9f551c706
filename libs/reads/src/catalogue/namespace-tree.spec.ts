import type { Backend } from '@coffer/backend-contract';
import { withFacade } from '@coffer/backend-facade';
import { openMemoryBackend } from '@coffer/backend-memory';
import { CofferError } from '@coffer/secrets';
import { CatalogueBench, manager, put, until } from './catalogue.fixture.js';
import { namespaceTree } from './namespace-tree.js';

let bench: CatalogueBench;
beforeEach(async () => {
  const backend = openMemoryBackend();
  for (const [namespace, key] of [
    ['company.team', 'A'],
    ['company.team', 'B'],
    ['company.team.app', 'C'],
    ['other', 'D'],
  ] as const)
    await put(backend, namespace, key);
  bench = await CatalogueBench.open(withFacade(backend));
});
afterEach(() => bench.close());

const treeOf = async (visible: (namespace: string) => boolean = () => true, named?: readonly string[]) =>
  (await namespaceTree(bench.lists, 'main', visible, named)).nodes.map(({ namespace, secrets, withChildren }) => [
    ...[namespace, secrets, withChildren],
  ]);

it('counts the secrets of each namespace, alone and with those below it; parents are in it', async () => {
  expect(await treeOf()).toEqual([
    ['company', 0, 3],
    ['company.team', 2, 3],
    ['company.team.app', 1, 1],
    ['other', 1, 1],
  ]);
});

it('leaves out what may not be seen, and shows the parents of what may', async () => {
  expect(await treeOf((namespace) => namespace === 'company.team.app')).toEqual([
    ['company', 0, 1],
    ['company.team', 0, 1],
    ['company.team.app', 1, 1],
  ]);
});

it('has every namespace that is named, also an empty one, and one whose secrets may not be seen', async () => {
  expect(await treeOf((namespace) => namespace !== 'other', ['other', 'new.one', 'company.team'])).toEqual([
    ['company', 0, 3],
    ['company.team', 2, 3],
    ['company.team.app', 1, 1],
    ['new', 0, 0],
    ['new.one', 0, 0],
    ['other', 0, 0],
  ]);
});

it('says how old it may be while the log is out of reach', async () => {
  expect(await namespaceTree(bench.lists, 'main', () => true)).not.toHaveProperty('stalenessMs');
  bench.messaging.log.reachEnd = () => Promise.reject(new CofferError('unavailable', 'the broker is away'));
  expect((await namespaceTree(bench.lists, 'main', () => true)).stalenessMs).toBeGreaterThanOrEqual(0);
});

describe('of stores that cannot be listed', () => {
  let isDown: boolean;
  beforeEach(async () => {
    isDown = true;
    await bench.close();
  });
  /** Holds one secret, and is listed only while `isDown` is false. */
  const failing = async () => {
    const backend = openMemoryBackend();
    await put(backend, 'special', 'S');
    return withFacade(
      Object.create(backend, {
        list: {
          value: (...args: Parameters<Backend['list']>) => {
            if (isDown) throw new CofferError('denied', 'no');
            return backend.list(...args);
          },
        },
      }) as Backend,
    );
  };

  it('counts the namespaces of those that can be, and names the others until they are listed', async () => {
    const backend = openMemoryBackend();
    await put(backend, 'company', 'A');
    const usual = manager(withFacade(backend));
    const special = manager(await failing(), 'special');
    bench = await CatalogueBench.open(
      {
        forNamespace: (_tenant, namespace) => (namespace === 'special' ? special : usual),
        forTenant: () => [special, usual],
      },
      { refresh: 20 },
    );
    const tree = () => namespaceTree(bench.lists, 'main', () => true, ['special']);
    const company = { namespace: 'company', secrets: 1, withChildren: 1 };
    expect(await tree()).toEqual({
      nodes: [company, { namespace: 'special', secrets: 0, withChildren: 0 }],
      unlisted: [{ store: 'special', code: 'denied' }],
    });
    isDown = false;
    await until(async () => (await tree()).unlisted.length === 0);
    expect((await tree()).nodes).toEqual([company, { namespace: 'special', secrets: 1, withChildren: 1 }]);
  });

  it('fails where none can be', async () => {
    bench = await CatalogueBench.open(await failing());
    await expect(namespaceTree(bench.lists, 'main', () => true)).rejects.toMatchObject({ code: 'denied' });
  });
});
