import { property } from '../harness/property.js';
import { Cluster } from '../cluster/index.js';
import { until, type Api } from '../harness/index.js';
import { forEach, combine, show, type Outcome } from '../harness/outcome.js';
import { Count, valueOf } from '../workload/check-count.js';
import { conditionalWrites } from './distributed/conditional-writes.js';

interface DistributedOptions extends LifeOptions {
  readonly store: readonly (keyof typeof NAMES)[];
}

interface LifeOptions {
  /** Writes that are read at once through the other gateway, for each sort of write. */
  readonly rounds: number;
  readonly writers: number;
}

const NAMESPACE = 'company.team';

interface Turn {
  readonly round: number;
  /** Takes the write. */
  readonly here: Api;
  /** Is asked at once. */
  readonly there: Api;
}

/** Each gateway in its turn takes the write, and the other one is asked. */
const turns = (cluster: Cluster, rounds: number): Turn[] => {
  const { a, b } = cluster.pair();
  return Array.from({ length: rounds }, (_, round) =>
    round % 2 === 0 ? { round, here: a, there: b } : { round, here: b, there: a },
  );
};

/** Created, replaced, described, deleted and created again: after each answer the other gateway has it. */
export const life = async (cluster: Cluster, rounds: number, namespace = NAMESPACE): Promise<Outcome> => {
  const count = new Count();
  for (const { round, here, there } of turns(cluster, rounds)) {
    const key = `LIFE_${round % 5}`;
    const value = `value ${round}`;
    const read = async (expected: unknown, what: string): Promise<void> => {
      const found = valueOf(await there.value(namespace, key));
      count.check(found === expected, () => `${what} of ${key} in round ${round} was read as ${String(found)}`);
    };
    const row = async (description: string): Promise<void> => {
      const list = await there.list(`filters[namespace][EQUALS]=${namespace}&filters[q][EQUALS]=${key}`);
      const found = list.json<{ results: { description?: string }[] }>().results[0]?.description;
      count.check(found === description, () => `the description in round ${round} was listed as ${found}`);
    };
    count.taken(await here.put(namespace, { key, value, description: 'first' }));
    await read(value, 'the new value');
    count.taken(await there.put(namespace, { key, value: `${value} again`, description: 'second' }));
    count.taken(await here.put(namespace, { key, value: `${value} at last`, description: 'third' }));
    await read(`${value} at last`, 'the replaced value');
    count.taken(await here.patch(namespace, key, { description: `fourth ${round}` }));
    await row(`fourth ${round}`);
    count.taken(await here.delete(namespace, key), 204);
    await read(404, 'the deleted secret');
  }
  return count.assertNone('Life of a secret through one gateway, read at once through the other: stale', 'reads');
};

/** A key of a child namespace hides the parent's as soon as it is acknowledged, and shows it again when deleted. */
const inheritance = async (cluster: Cluster, rounds: number): Promise<Outcome> => {
  const count = new Count();
  const { a } = cluster.pair();
  count.taken(await a.put('parent', { key: 'INHERITED', value: 'of the parent' }));
  for (const { round, here, there } of turns(cluster, rounds)) {
    const child = `parent.child${round % 3}`;
    const resolve = async (expected: string): Promise<void> => {
      const [batch] = (await there.resolve(child, [{ key: 'INHERITED' }])).json<{ value?: string }[]>();
      const single = valueOf(await there.value(child, 'INHERITED'));
      const wrong = [batch?.value, single].filter((found) => found !== expected);
      count.check(wrong.length === 0, () => `round ${round} resolved ${wrong.map(String).join()}, not ${expected}`);
    };
    await resolve('of the parent');
    count.taken(await here.put(child, { key: 'INHERITED', value: `of the child ${round}` }));
    await resolve(`of the child ${round}`);
    count.taken(await here.delete(child, 'INHERITED'), 204);
  }
  return count.assertNone(
    'PUT in a child namespace, resolved at once through the other gateway: wrong namespace',
    'resolves',
  );
};

/** An Idempotency-Key means the same operation on every gateway. */
const idempotency = async (cluster: Cluster, rounds: number): Promise<Outcome> => {
  const count = new Count();
  for (const { round, here, there } of turns(cluster, rounds)) {
    const key = `IDEMPOTENT_${round}`;
    const headers = { 'idempotency-key': `once ${round}` };
    const first = { key, value: 'first', description: 'd' };
    count.taken(await here.put(NAMESPACE, first, headers));
    count.taken(await here.put(NAMESPACE, { key, value: 'second' }));
    const same = await there.put(NAMESPACE, first, headers);
    count.check(same.status === 200, () => `the repeat was answered ${same.status} ${same.text}`);
    const other = await there.put(NAMESPACE, { key, value: 'third' }, headers);
    count.check(other.status === 422, () => `another payload was answered ${other.status} ${other.text}`);
    const found = valueOf(await there.value(NAMESPACE, key));
    count.check(found === 'second', () => `after the repeats it holds ${String(found)}`);
    await race(count, { round, here, there });
  }
  return count.assertNone(
    'Idempotency-Key repeated through the other gateway: applied again, or another answer',
    'answers',
  );
};

/** Two payloads under one Idempotency-Key through both gateways at the same time: one of them counts, for everybody. */
const race = async (count: Count, { round, here, there }: Turn): Promise<void> => {
  const key = `RACE_${round}`;
  const headers = { 'idempotency-key': `race ${round}` };
  const answers = await Promise.all(
    [here, there].map((gateway, side) => gateway.put(NAMESPACE, { key, value: `of side ${side}` }, headers)),
  );
  const winners = answers.flatMap(({ status }, side) => (status === 200 ? [side] : []));
  const found = valueOf(await here.value(NAMESPACE, key));
  const statuses = answers.map(({ status }) => status).join();
  count.check(
    winners.length === 1 && found === `of side ${winners[0]}`,
    () => `of two payloads at once (${statuses}) it holds ${String(found)}`,
  );
};

/** The state of an operation is every gateway's to tell. */
const operations = async (cluster: Cluster, rounds: number): Promise<Outcome> => {
  const count = new Count();
  const end = async (gateway: Api, id: string): Promise<unknown> =>
    until('the operation ends', async () => {
      const answer = await gateway.operation(id);
      const { state, code } = answer.json();
      return answer.status === 200 && state === 'pending' ? undefined : (code ?? state);
    });
  for (const { round, here, there } of turns(cluster, rounds)) {
    const key = `OPERATION_${round}`;
    const later = { prefer: 'respond-async' };
    const put = await here.put(NAMESPACE, { key, value: 'v' }, later);
    const ends = await Promise.all([there, here].map((gateway) => end(gateway, String(put.json()['id']))));
    count.check(put.status === 202 && ends.join() === 'applied,applied', () => `a write ended as ${ends.join()}`);
    const patch = await here.patch(NAMESPACE, `ABSENT_${round}`, { description: 'd' }, later);
    const failures = await Promise.all([there, here].map((gateway) => end(gateway, String(patch.json()['id']))));
    count.check(failures.join() === 'not-found,not-found', () => `a write that fails ended as ${failures.join()}`);
  }
  return count.assertNone('Operations asked for through both gateways: wrong state', 'answers');
};

/** Every writer finds its own key as it wrote it, on the other gateway; a key that all write holds one of the last writes. */
const parallel = async (cluster: Cluster, { rounds, writers }: LifeOptions): Promise<Outcome> => {
  const count = new Count();
  const write = async (writer: number): Promise<void> => {
    for (const { round, here, there } of turns(cluster, rounds)) {
      const key = `WRITER_${writer}`;
      const value = `${writer} in ${round}`;
      count.taken(await here.put(NAMESPACE, { key, value }));
      const found = valueOf(await there.value(NAMESPACE, key));
      count.check(found === value, () => `writer ${writer} read ${String(found)} in round ${round}`);
      count.taken(await there.put(NAMESPACE, { key: 'SHARED', value }));
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  const found = await Promise.all(
    cluster.gateways.map(async (gateway) => valueOf(await gateway.value(NAMESPACE, 'SHARED'))),
  );
  const last = new Set(Array.from({ length: writers }, (_, writer) => `${writer} in ${rounds - 1}`));
  count.check(
    found.every((value) => value === found[0] && last.has(String(value))),
    () => `the key of all writers holds ${found.join()}`,
  );
  return count.assertNone(`${writers} writers at the same time through both gateways: stale or lost`, 'checks');
};

/** The life of secrets in a distributed Coffer: whatever one gateway acknowledged, the other one knows. */
const lifeProperty = async (cluster: Cluster, options: LifeOptions): Promise<Outcome> => {
  const { rounds } = options;
  const began = performance.now();
  const outcomes = [
    await life(cluster, rounds),
    await inheritance(cluster, rounds),
    await idempotency(cluster, Math.ceil(rounds / 2)),
    await operations(cluster, Math.ceil(rounds / 2)),
    await conditionalWrites(cluster, rounds),
    await parallel(cluster, { ...options, rounds: Math.ceil(rounds / 4) }),
  ];
  return combine(...outcomes, show('Time of all of these', Math.round(performance.now() - began), 'ms'));
};

const NAMES = { 'jdbc-postgresql': 'PostgreSQL', 'jdbc-mysql': 'MariaDB' } as const;

export default property<DistributedOptions>({
  name: 'distributed',
  title: 'Two of each service over Kafka',
  shows: 'What one gateway acknowledged, the other one knows at once, on PostgreSQL and on MariaDB.',
  servers: ['postgresql', 'mariadb'],
  ownServers: ['kafka'],
  // The property of all stores has the other one.
  quick: { store: ['jdbc-postgresql'], rounds: 12 },
  full: { store: ['jdbc-postgresql', 'jdbc-mysql'], rounds: 100, writers: 20 },
  run: ({ store: stores, ...options }) =>
    forEach(stores, (store) => Cluster.use({ store }, (cluster) => lifeProperty(cluster, options)), {
      nameOf: (store) => NAMES[store],
    }),
});
