import { property } from '../harness/property.js';
import { SecretPath } from '@coffer/secrets';
import { CLUSTER_STORES, Cluster, type ClusterStore, type Settings } from '../cluster/index.js';
import { Count, valueOf } from '../workload/check-count.js';
import { life } from './distributed.js';
import { api, until, type Api } from '../harness/index.js';
import { forEach, combine, type Outcome } from '../harness/outcome.js';

interface StoreOptions {
  /** Lives of a secret, written through one gateway and read through the other. */
  readonly rounds: number;
  /** Times that a secret is deleted and created again. */
  readonly rebirths: number;
}

const NAMESPACE = 'company.team';
/** In milliseconds: a store without a search by tags is listed once a minute. */
const FOUND = 150_000;

/** Deleted and created again, with a reader beside it: no value ever comes back that was deleted. */
const rebirth = async (cluster: Cluster, times: number): Promise<Outcome> => {
  const count = new Count();
  const { a, b } = cluster.pair();
  let known = 0;
  let done = false;
  const reader = async (): Promise<void> => {
    while (!done) {
      const floor = known;
      const found = valueOf(await b.value(NAMESPACE, 'REBORN'));
      const round = found === 404 ? Infinity : Number(found);
      count.check(round >= floor, () => `the value of round ${round} was read after round ${floor} was deleted`);
    }
  };
  const writer = async (): Promise<void> => {
    for (let round = 1; round <= times; round += 1) {
      count.taken(await a.put(NAMESPACE, { key: 'REBORN', value: String(round) }));
      const found = valueOf(await b.value(NAMESPACE, 'REBORN'));
      count.check(found === String(round), () => `round ${round} was read as ${String(found)}`);
      count.taken(await a.delete(NAMESPACE, 'REBORN'), 204);
      known = round + 1;
      count.check((await b.value(NAMESPACE, 'REBORN')).status === 404, () => `round ${round} outlived its deletion`);
    }
    done = true;
  };
  await Promise.all([writer().finally(() => (done = true)), reader()]);
  return count.assertNone(`Deleted and created again ${times} times, with a reader beside it: wrong`, 'checks');
};

/** The settings of a store under another prefix, in that store's own words. */
const otherPrefix =
  (store: ClusterStore, prefix: string) =>
  (secret: Settings): Settings => {
    const section = (name: string, change: Settings): Settings => ({
      ...secret,
      [name]: { ...(secret[name] as Settings), ...change },
    });
    switch (store) {
      case 'jdbc-postgresql':
      case 'jdbc-mysql':
      case 'jdbc-h2':
        return section('jdbc', { prefix });
      case 'vault-kv2':
        return section('vault', { secretPathPrefix: prefix });
      case 'elasticsearch':
        return section('elasticsearch', {
          cluster: {
            client: { httpHosts: process.env['COFFER_TEST_ELASTICSEARCH_URL'] },
            defaults: { indicePrefix: `${prefix}_` },
          },
        });
      case 'aws-secrets-manager':
        return section('awsSecretManager', { prefix });
      case 'azure-key-vault':
        return section('azureKeyVault', { prefix });
      case 'google-secret-manager':
        return section('googleSecretManager', { prefix });
    }
  };

const listed = async (gateway: Api): Promise<string[]> => {
  const { results } = (await gateway.list(`filters[namespace][EQUALS]=${NAMESPACE}`)).json<{
    results: { key: string }[];
  }>();
  return results.map(({ key }) => key);
};

/** Instances of two prefixes on one store see nothing of each other's, by read or by list. */
const prefixes = async (cluster: Cluster, store: ClusterStore): Promise<Outcome> => {
  const count = new Count();
  const { a } = cluster.pair();
  const prefix = `${cluster.prefix}-b`;
  const neighbour = await cluster.neighbour(otherPrefix(store, prefix));
  const b = api(neighbour.url, neighbour.token);
  const unseen = async (gateway: Api, key: string): Promise<void> => {
    const { status } = await gateway.value(NAMESPACE, key);
    count.check(status === 404, () => `the other prefix read ${key}: ${status}`);
    const keys = await listed(gateway);
    count.check(!keys.includes(key), () => `the other prefix lists ${key}`);
  };
  try {
    for (const [gateway, other, key] of [
      [a, b, 'OF_A'],
      [b, a, 'OF_B'],
    ] as const) {
      count.taken(await gateway.put(NAMESPACE, { key, value: key }));
      count.check((await listed(gateway)).includes(key), () => `its own prefix does not list ${key}`);
      count.check(valueOf(await gateway.value(NAMESPACE, key)) === key, () => `its own prefix does not read ${key}`);
      await unseen(other, key);
    }
    if (cluster.external !== undefined) {
      await cluster.external.create(prefix, SecretPath.of('main', NAMESPACE, 'OUTSIDE_B'), 'theirs');
      const found = async () => valueOf(await b.value(NAMESPACE, 'OUTSIDE_B')) === 'theirs';
      await until('the other prefix reads what was made outside', found, FOUND);
      await unseen(a, 'OUTSIDE_B');
    }
  } finally {
    await neighbour.stop();
  }
  return count.assertNone('Two prefixes in one store: seen by the other', 'checks');
};

/** A secret that others made is found by its tags, replaced where it lies, and deleted. */
const external = async (cluster: Cluster): Promise<Outcome> => {
  const { external: outside } = cluster;
  if (outside === undefined) return combine();
  const count = new Count();
  const { a, b } = cluster.pair();
  const name = await outside.create(cluster.prefix, SecretPath.of('main', NAMESPACE, 'OUTSIDE'), 'made outside');
  const found = async (gateway: Api) => valueOf(await gateway.value(NAMESPACE, 'OUTSIDE')) === 'made outside';
  for (const gateway of [a, b]) await until('the secret is found', () => found(gateway), FOUND);
  count.taken(await b.put(NAMESPACE, { key: 'OUTSIDE', value: 'replaced' }));
  const replaced = valueOf(await a.value(NAMESPACE, 'OUTSIDE'));
  count.check(replaced === 'replaced', () => `it was read as ${String(replaced)} after it was replaced`);
  const [lies, list] = [await outside.valueOf(name), await a.list()];
  count.check(lies === 'replaced', () => 'it was not replaced where it lies');
  count.check(!list.text.includes(name), () => "a list shows the store's name");
  count.taken(await a.delete(NAMESPACE, 'OUTSIDE'), 204);
  const { status } = await b.value(NAMESPACE, 'OUTSIDE');
  count.check(status === 404, () => `it was read after its deletion: ${status}`);
  return count.assertNone('A secret made outside Coffer, found by its tags, replaced and deleted: wrong', 'checks');
};

/** A store behind the running system: gateway, Kafka, worker, store. */
const storeProperty = async (cluster: Cluster, store: ClusterStore, options: StoreOptions): Promise<Outcome> =>
  combine(
    await life(cluster, options.rounds),
    await rebirth(cluster, options.rebirths),
    await external(cluster),
    await prefixes(cluster, store),
  );

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
  quick: { rounds: 3, rebirths: 15 },
  full: { store: CLUSTER_STORES, rounds: 20, rebirths: 100 },
  run: ({ store: stores, ...options }) =>
    forEach(stores, (store) =>
      Cluster.use({ store, counts: { 'secret-worker': 1, 'cache-invalidator': 1 } }, (cluster) =>
        storeProperty(cluster, store, options),
      ),
    ),
});
