import { property } from '../harness/property.js';
import { scanTopics } from './distributed-poison/topics.js';
import { randomBytes } from 'node:crypto';
import { KeyRing } from '@coffer/crypto';
import {
  DEFAULT_TOPOLOGY,
  MessageSealer,
  openKafkaMessaging,
  partitionOf,
  type SealedMutation,
} from '@coffer/messaging';
import { SecretPath, SecretValue, systemClock, type Mutation } from '@coffer/secrets';
import { DEFAULT_TIMING } from '@coffer/coherence';
import { v7 as uuid } from 'uuid';
import { Cluster } from '../cluster/index.js';
import { repeatedReads } from '../workload/repeated-reads.js';
import { Traffic, type TrafficOptions } from '../workload/traffic.js';
import { until, type Api } from '../harness/index.js';
import { assertEqual, combine, show, type Outcome } from '../harness/outcome.js';
import { brew, openBrewing, type Brewing } from './poison/poisons.js';

interface PoisonOptions extends TrafficOptions {
  /** In all, the poisoned ones among them. */
  readonly mutations: number;
  readonly poisoned: number;
}

interface DeadLetter {
  readonly id: string;
  readonly code: string;
  readonly operation: string;
}

/** In milliseconds; bounds a failure only. */
const END_TIMEOUT_MS = 120_000;
const NAMESPACE = 'poisoned.later';
const LETTERS = '/coffer/v1/main/dead-letters';

const letters = async (gateway: Api): Promise<readonly DeadLetter[]> =>
  (await gateway.call('GET', `${LETTERS}?size=10000`)).json<{ results: readonly DeadLetter[] }>().results;

const count = async <T>(items: readonly T[], holds: (item: T) => Promise<boolean>): Promise<number> =>
  (await Promise.all(items.map(holds))).filter(Boolean).length;

/** A deployment's former key, that its configuration lacks for now. */
const openLostKey = async () => {
  const key = { id: 'lost', secret: randomBytes(32).toString('base64') };
  return { key, ring: await KeyRing.derive([{ ...key, secret: new SecretValue(key.secret), active: true }]) };
};

const valueOf = (number: number, mark = ''): string => `${mark}repaired ${number}`;

/** Half of them open once the lost key is back; the others never, and they come for a key that is being written. */
const makePoison = (number: number, options: PoisonOptions, lost: KeyRing, brewing: Brewing, busy: string) => {
  const { partitions } = DEFAULT_TOPOLOGY;
  if (number % 2 === 1) {
    return brew(number >> 1, SecretPath.of('main', busy, `KEY_${number % options.keys}`), brewing, partitions);
  }
  const path = SecretPath.of('main', NAMESPACE, `KEY_${number}`);
  const value = new SecretValue(valueOf(number, options.mark));
  const mutation: Mutation = { kind: 'put', path, value, metadata: { tags: [] } };
  return new MessageSealer(lost).sealMutation(mutation, {
    ...{ operation: uuid(), fingerprint: randomBytes(32).toString('hex') },
    ...{ partition: partitionOf(path.toString(), partitions), sentAt: Date.now() },
  });
};

const sendAll = async (cluster: Cluster, traffic: Traffic, options: PoisonOptions, lost: KeyRing) => {
  const { mutations, poisoned, mark = 'v' } = options;
  const { id, secret } = cluster.configuration.rootKey;
  const own = await KeyRing.derive([{ id, secret: new SecretValue(secret), active: true }]);
  const brewing = await openBrewing(own, mark);
  const { messaging, close } = await openKafkaMessaging({
    configuration: { brokers: [...cluster.brokers], topic: {} },
    topology: DEFAULT_TOPOLOGY,
    windowMs: DEFAULT_TIMING.windowMs,
    clock: systemClock,
    ring: own,
    log: () => undefined,
    onFatal: () => undefined,
  });
  const sent: SealedMutation[] = [];
  const real = mutations - poisoned;
  const poison = async (): Promise<void> => {
    for (let number = 0; number < poisoned; number += 1) {
      const due = (real * number) / poisoned;
      await until('the next poison is due', () => traffic.writes.length >= due, END_TIMEOUT_MS);
      const mutation = makePoison(number, options, lost, brewing, traffic.namespace);
      sent.push(mutation);
      await messaging.producer.publish(mutation);
    }
  };
  try {
    await Promise.all([traffic.run(() => traffic.writes.length >= real), poison()]);
  } finally {
    await close();
  }
  return sent;
};

/** The key is back, the letters that it opens are replayed, and a later write wins over what they bring. */
const repair = async (cluster: Cluster, key: { id: string; secret: string }, sent: readonly SealedMutation[]) => {
  // Gateways open what they replay, and seal it anew.
  await cluster.endAll(['secret-worker', 'gateway']);
  cluster.configuration.addKey(key);
  await cluster.startAll(['secret-worker', 'gateway']);
  const { a, b } = cluster.pair();
  const repairable = new Map(sent.flatMap(({ operation }, number) => (number % 2 === 0 ? [[operation, number]] : [])));
  const replayed = (await letters(a)).filter(({ operation }) => repairable.has(operation));
  const taken = await count(
    replayed,
    async ({ id }) => (await a.call('POST', `${LETTERS}/${id}/replay`)).status === 202,
  );
  const applied = await count(replayed, ({ operation }) =>
    until(
      `the replay of ${operation} ends`,
      async () => {
        const { state } = (await b.operation(operation)).json();
        return state === 'applied';
      },
      END_TIMEOUT_MS,
    ),
  );
  return { numbers: [...repairable.values()], taken, applied };
};

/** What cannot be opened ends as a dead letter, holds up nothing else, and is applied once its key is back. */
const poisonProperty = async (cluster: Cluster, options: PoisonOptions): Promise<Outcome> => {
  const { mutations, poisoned, mark } = options;
  const { a, b } = cluster.pair();
  const traffic = new Traffic(cluster, options);
  const lost = await openLostKey();
  const sent = await sendAll(cluster, traffic, options, lost.ring);
  await until('all are deadLettered', async () => (await letters(a)).length >= poisoned, END_TIMEOUT_MS);
  const failed = await count(
    sent,
    async ({ operation }) => (await b.operation(operation)).json()['state'] === 'failed',
  );
  const found = await letters(a);
  const ours = new Set(sent.map(({ operation }) => operation));
  const wrong = await traffic.wrongKeys();
  const refused = traffic.writes.filter((write) => write.refused !== undefined);
  const { numbers, taken, applied } = await repair(cluster, lost.key, sent);
  const right = await count(numbers, async (number) => {
    const { status, json } = await cluster.pair().b.value(NAMESPACE, `KEY_${number}`);
    return status === 200 && json()['value'] === valueOf(number, mark);
  });
  const left = await letters(cluster.pair().b);
  return combine(
    show('Mutations, poisoned and real', mutations, 'mutations'),
    assertEqual(
      'Operations that read "failed" because somebody who has not the key claimed them',
      failed,
      'operations',
      0,
    ),
    assertEqual('Dead letters', found.length, 'letters', poisoned),
    assertEqual(
      'Dead letters of poisoned mutations',
      found.filter(({ code, operation }) => code === 'corrupt' && ours.has(operation)).length,
      'letters',
      poisoned,
    ),
    assertEqual('Real writes applied', traffic.acknowledged, 'writes', traffic.writes.length - traffic.untaken),
    assertEqual('Real writes refused', refused.length - traffic.untaken, 'writes', 0),
    show('Real writes answered that they were not taken (503)', traffic.untaken, 'writes'),
    repeatedReads([traffic]),
    assertEqual('Keys that do not hold the last write', wrong.length, 'keys', 0),
    assertEqual('Dead letters whose key came back, replayed', taken, 'letters', numbers.length),
    assertEqual('Replays applied', applied, 'operations', numbers.length),
    assertEqual('Keys that hold what was replayed, through the other gateway', right, 'keys', numbers.length),
    assertEqual('Dead letters left', left.length, 'letters', poisoned - numbers.length),
  );
};

export default property({
  name: 'distributed-poison',
  title: 'Poisoned mutations and a leak scan over Kafka',
  shows:
    'What cannot be opened becomes a dead letter and is applied once its key is back; no value is in topics, files of the broker or output.',
  servers: ['postgresql'],
  ownServers: ['kafka'],
  quick: { mutations: 150, poisoned: 10, keys: 40, lanes: 8, readIntervalMs: 12 },
  full: { mutations: 5_000, poisoned: 100, keys: 200, lanes: 16, readIntervalMs: 4 },
  run: (options) =>
    Cluster.use({}, async (cluster) => {
      const mark = `Marker${randomBytes(9).toString('hex')}`;
      return combine(await poisonProperty(cluster, { ...options, mark }), await scanTopics(cluster, mark));
    }),
});
