import { SecretPath } from '@coffer/secrets';
import type { ClusterStore, TestCluster, Tree } from '../cluster/index.js';
import { Count, valueOf } from '../distributed/count.js';
import { life } from '../distributed/life.js';
import { until, type Api } from '../harness/index.js';
import { join, type Outcome } from '../measure/index.js';

export interface StoreOptions {
  /** Lives of a secret, written through one gateway and read through the other. */
  readonly rounds: number;
  /** Times that a secret is deleted and created again. */
  readonly rebirths: number;
}

const NAMESPACE = 'company.team';

/** Deleted and created again, with a reader beside it: no value ever comes back that was deleted. */
const rebirth = async (cluster: TestCluster, times: number): Promise<Outcome> => {
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
  return count.demand(`Deleted and created again ${times} times, with a reader beside it: wrong`, 'checks');
};

/** The settings of a store under another prefix, in that store's own words. */
const otherPrefix =
  (store: ClusterStore, prefix: string) =>
  (secret: Tree): Tree => {
    const section = (name: string, change: Tree): Tree => ({
      ...secret,
      [name]: { ...(secret[name] as Tree), ...change },
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

/** An instance of another prefix on the same store sees nothing of this one's, by read or by list. */
const prefixes = async (cluster: TestCluster, store: ClusterStore): Promise<Outcome> => {
  const count = new Count();
  const { a } = cluster.pair();
  count.taken(await a.put(NAMESPACE, { key: 'OWN', value: 'own' }));
  const other = await cluster.gatewayWith(otherPrefix(store, `${cluster.prefix}-b`));
  const found = await other.value(NAMESPACE, 'OWN');
  count.check(found.status === 404, () => `the other prefix read it: ${found.status}`);
  const keys = await listed(other);
  count.check(keys.length === 0, () => `the other prefix lists ${keys.length} secrets`);
  count.check((await listed(a)).includes('OWN'), () => 'its own prefix does not list it');
  const { external } = cluster;
  if (external !== undefined) {
    await external.create(`${cluster.prefix}-b`, SecretPath.of('main', NAMESPACE, 'THEIRS'), 'theirs');
    await until(
      'the other prefix reads its own',
      async () => valueOf(await other.value(NAMESPACE, 'THEIRS')) === 'theirs',
    );
    const theirs = await a.value(NAMESPACE, 'THEIRS');
    count.check(theirs.status === 404, () => `the first prefix read the other's: ${theirs.status}`);
  }
  return count.demand('Two prefixes in one store: seen by the other', 'checks');
};

/** A secret that others made is found by its tags, replaced where it lies, and deleted. */
const external = async (cluster: TestCluster): Promise<Outcome> => {
  const { external: outside } = cluster;
  if (outside === undefined) return join();
  const count = new Count();
  const { a, b } = cluster.pair();
  const name = await outside.create(cluster.prefix, SecretPath.of('main', NAMESPACE, 'OUTSIDE'), 'made outside');
  await until('the secret is found', async () => valueOf(await a.value(NAMESPACE, 'OUTSIDE')) === 'made outside');
  count.taken(await b.put(NAMESPACE, { key: 'OUTSIDE', value: 'replaced' }));
  const replaced = valueOf(await a.value(NAMESPACE, 'OUTSIDE'));
  count.check(replaced === 'replaced', () => `it was read as ${String(replaced)} after it was replaced`);
  const [lies, list] = [await outside.valueOf(name), await a.list()];
  count.check(lies === 'replaced', () => 'it was not replaced where it lies');
  count.check(!list.text.includes(name), () => "a list shows the store's name");
  count.taken(await a.delete(NAMESPACE, 'OUTSIDE'), 204);
  const { status } = await b.value(NAMESPACE, 'OUTSIDE');
  count.check(status === 404, () => `it was read after its deletion: ${status}`);
  return count.demand('A secret made outside Coffer, found by its tags, replaced and deleted: wrong', 'checks');
};

/** A store behind the running system: gateway, Kafka, worker, store. */
export const storeProperty = async (
  cluster: TestCluster,
  store: ClusterStore,
  options: StoreOptions,
): Promise<Outcome> =>
  join(
    await life(cluster, options.rounds),
    await rebirth(cluster, options.rebirths),
    await external(cluster),
    await prefixes(cluster, store),
  );
