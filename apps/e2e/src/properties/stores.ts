import { property } from '../harness/property.js';
import { SecretPath } from '@coffer/secrets';
import { CLUSTER_STORES, Cluster, type ClusterStore, type Settings } from '../cluster/index.js';
import { Count, valueOf } from '../workload/check-count.js';
import { life } from './distributed.js';
import { api, until, type Api } from '../harness/index.js';
import { forEach, combine, type Outcome } from '../harness/outcome.js';

interface StoreOptions {
  /** All stores as managers of one system, at the same time. Defaults to a system for each, one after another. */
  readonly together: boolean;
  /** Lives of a secret, written through one gateway and read through the other. */
  readonly rounds: number;
  /** Times that a secret is deleted and created again. */
  readonly rebirths: number;
}

const NAMESPACE = 'company.team';
/** A store without a search by tags is listed once a minute. */
const FOUND_TIMEOUT_MS = 150_000;

/** A store of the cluster, the namespace that lies in it, and another Coffer on it under another prefix. */
interface StoreUnderTest {
  readonly cluster: Cluster;
  readonly neighbour: Neighbour;
  readonly store: ClusterStore;
  readonly namespace: string;
}

interface Neighbour {
  readonly api: Api;
  readonly prefix: string;
}

/** Deleted and created again, with a reader beside it: no value ever comes back that was deleted. */
const rebirth = async ({ cluster, namespace }: StoreUnderTest, times: number): Promise<Outcome> => {
  const count = new Count();
  const { a, b } = cluster.pair();
  let known = 0;
  let done = false;
  const reader = async (): Promise<void> => {
    while (!done) {
      const floor = known;
      const found = valueOf(await b.value(namespace, 'REBORN'));
      const round = found === 404 ? Infinity : Number(found);
      count.check(round >= floor, () => `the value of round ${round} was read after round ${floor} was deleted`);
    }
  };
  const writer = async (): Promise<void> => {
    for (let round = 1; round <= times; round += 1) {
      count.taken(await a.put(namespace, { key: 'REBORN', value: String(round) }));
      const found = valueOf(await b.value(namespace, 'REBORN'));
      count.check(found === String(round), () => `round ${round} was read as ${String(found)}`);
      count.taken(await a.delete(namespace, 'REBORN'), 204);
      known = round + 1;
      count.check((await b.value(namespace, 'REBORN')).status === 404, () => `round ${round} outlived its deletion`);
    }
    done = true;
  };
  await Promise.all([writer().finally(() => (done = true)), reader()]);
  return count.assertNone(`Deleted and created again ${times} times, with a reader beside it: wrong`, 'checks');
};

/** The settings of a store under another prefix, in that store's own words. */
const otherPrefix =
  (prefix: string) =>
  (secret: Settings): Settings => {
    const changes: Readonly<Record<string, Settings>> = {
      jdbc: { prefix },
      vault: { secretPathPrefix: prefix },
      elasticsearch: {
        cluster: {
          client: { httpHosts: process.env['COFFER_TEST_ELASTICSEARCH_URL'] },
          defaults: { indicePrefix: `${prefix}_` },
        },
      },
      awsSecretManager: { prefix },
      azureKeyVault: { prefix },
      googleSecretManager: { prefix },
    };
    return Object.fromEntries(
      Object.entries(secret).map(([name, section]) => [
        name,
        name in changes ? { ...(section as Settings), ...changes[name] } : section,
      ]),
    );
  };

const listed = async (gateway: Api, namespace: string): Promise<string[]> => {
  const { results } = (await gateway.list(`filters[namespace][EQUALS]=${namespace}&size=100`)).json<{
    results: { key: string }[];
  }>();
  return results.map(({ key }) => key);
};

/** Instances of two prefixes on one store see nothing of each other's, by read or by list. */
const prefixes = async ({ cluster, neighbour, store, namespace }: StoreUnderTest): Promise<Outcome> => {
  const count = new Count();
  const { a } = cluster.pair();
  const { api: b, prefix } = neighbour;
  const unseen = async (gateway: Api, key: string): Promise<void> => {
    const { status } = await gateway.value(namespace, key);
    count.check(status === 404, () => `the other prefix read ${key}: ${status}`);
    const keys = await listed(gateway, namespace);
    count.check(!keys.includes(key), () => `the other prefix lists ${key}`);
  };
  for (const [gateway, other, key] of [
    [a, b, 'OF_A'],
    [b, a, 'OF_B'],
  ] as const) {
    count.taken(await gateway.put(namespace, { key, value: key }));
    count.check((await listed(gateway, namespace)).includes(key), () => `its own prefix does not list ${key}`);
    count.check(valueOf(await gateway.value(namespace, key)) === key, () => `its own prefix does not read ${key}`);
    await unseen(other, key);
  }
  const outside = cluster.externalOf(store);
  if (outside !== undefined) {
    await outside.create(prefix, SecretPath.of('main', namespace, 'OUTSIDE_B'), 'theirs');
    const found = async () => valueOf(await b.value(namespace, 'OUTSIDE_B')) === 'theirs';
    await until('the other prefix reads what was made outside', found, FOUND_TIMEOUT_MS);
    await unseen(a, 'OUTSIDE_B');
  }
  return count.assertNone('Two prefixes in one store: seen by the other', 'checks');
};

/** A secret that others made is found by its tags, replaced where it lies, and deleted. */
const external = async ({ cluster, store, namespace }: StoreUnderTest): Promise<Outcome> => {
  const outside = cluster.externalOf(store);
  if (outside === undefined) return combine();
  const count = new Count();
  const { a, b } = cluster.pair();
  const name = await outside.create(cluster.prefix, SecretPath.of('main', namespace, 'OUTSIDE'), 'made outside');
  const found = async (gateway: Api) => valueOf(await gateway.value(namespace, 'OUTSIDE')) === 'made outside';
  for (const gateway of [a, b]) await until('the secret is found', () => found(gateway), FOUND_TIMEOUT_MS);
  count.taken(await b.put(namespace, { key: 'OUTSIDE', value: 'replaced' }));
  const replaced = valueOf(await a.value(namespace, 'OUTSIDE'));
  count.check(replaced === 'replaced', () => `it was read as ${String(replaced)} after it was replaced`);
  const [lies, list] = [await outside.valueOf(name), await a.list()];
  count.check(lies === 'replaced', () => 'it was not replaced where it lies');
  count.check(!list.text.includes(name), () => "a list shows the store's name");
  count.taken(await a.delete(namespace, 'OUTSIDE'), 204);
  const { status } = await b.value(namespace, 'OUTSIDE');
  count.check(status === 404, () => `it was read after its deletion: ${status}`);
  return count.assertNone('A secret made outside Coffer, found by its tags, replaced and deleted: wrong', 'checks');
};

type Scale = Pick<StoreOptions, 'rounds' | 'rebirths'>;

/** A store behind the running system: gateway, Kafka, worker, store. What waits for the store's lists goes on beside the rest. */
const storeProperty = async (subject: StoreUnderTest, { rounds, rebirths }: Scale): Promise<Outcome> => {
  const { cluster, namespace } = subject;
  const lives = async (): Promise<Outcome> =>
    combine(await life(cluster, rounds, namespace), await rebirth(subject, rebirths));
  return combine(...(await Promise.all([lives(), external(subject), prefixes(subject)])));
};

/** A cluster with one worker whose stores are these, and a neighbour of it on all of them. */
const withStores = (
  [store, ...managers]: readonly [ClusterStore, ...ClusterStore[]],
  use: (cluster: Cluster, neighbour: Neighbour) => Promise<Outcome>,
): Promise<Outcome> =>
  Cluster.use({ store, managers, counts: { 'secret-worker': 1, 'cache-invalidator': 1 } }, async (cluster) => {
    const prefix = `${cluster.prefix}-b`;
    const neighbour = await cluster.neighbour(otherPrefix(prefix));
    try {
      return await use(cluster, { api: api(neighbour.url, neighbour.token), prefix });
    } finally {
      await neighbour.stop();
    }
  });

const oneByOne = (stores: readonly ClusterStore[], scale: Scale): Promise<Outcome> =>
  forEach(stores, (store) =>
    withStores([store], (cluster, neighbour) =>
      storeProperty({ cluster, neighbour, store, namespace: NAMESPACE }, scale),
    ),
  );

const allTogether = async (stores: readonly ClusterStore[], scale: Scale): Promise<Outcome> => {
  const [first, ...managers] = stores;
  if (first === undefined) throw new Error('there is no store');
  return withStores([first, ...managers], (cluster, neighbour) =>
    forEach(
      stores,
      (store) => storeProperty({ cluster, neighbour, store, namespace: store === first ? NAMESPACE : store }, scale),
      { concurrency: stores.length },
    ),
  );
};

export default property({
  name: 'stores',
  title: 'The running system on each store',
  shows:
    'Gateway, Kafka, worker, store: the life of a secret, secrets made outside found by their tags, two prefixes, and a key deleted and created again a hundred times, on each of the eight.',
  servers: [
    'moto',
    'azure-key-vault',
    'google-secret-manager',
    'vault',
    'elasticsearch',
    'postgresql',
    'mariadb',
    'h2',
  ],
  ownServers: ['kafka'],
  quick: { together: true, rounds: 3, rebirths: 8 },
  full: { store: CLUSTER_STORES, together: false, rounds: 20, rebirths: 100 },
  run: ({ store: stores, together, ...scale }) => (together ? allTogether : oneByOne)(stores, scale),
});
