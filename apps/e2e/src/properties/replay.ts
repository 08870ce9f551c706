import { property } from '../harness/property.js';
import { TOPICS } from '@coffer/messaging';
import { RawTopics, Cluster, type RawRecord } from '../cluster/index.js';
import { repeatedReads } from '../workload/repeated-reads.js';
import { Traffic, type TrafficOptions } from '../workload/traffic.js';
import { until } from '../harness/index.js';
import { assertEqual, combine, details, show, type Outcome } from '../harness/outcome.js';
import { differing, forged } from './replay/forged.js';

interface ReplayOptions extends TrafficOptions {
  readonly writes: number;
  /** Writes of new keys that are queued, before a worker comes, behind those of known keys in the topics made anew. */
  readonly overtaking: number;
}

/** In milliseconds; bounds a failure only. */
const END_TIMEOUT_MS = 300_000;

const write = async (traffic: Traffic, writes: number): Promise<void> => {
  const enough = traffic.writes.length + writes;
  await traffic.run(() => traffic.writes.length >= enough);
};

/** Each record up to four more times, behind everything: with the one that is there, it is delivered 1 to 5 times. */
const more = (records: readonly RawRecord[]): RawRecord[] =>
  Array.from({ length: 4 }, (_, round) => records.filter((_record, number) => number % 5 > round)).flat();

/** The workers begin again at offset 0, each mutation is there 1 to 5 times, and what is stored stays as it was. */
const again = async (cluster: Cluster, topics: RawTopics, traffic: Traffic): Promise<Outcome> => {
  await topics.worked();
  const before = await traffic.state();
  const records = await topics.dump(TOPICS.mutations);
  const added = more(records);
  await topics.append(TOPICS.mutations, added);
  await topics.worked();
  const afterDuplicates = differing(before, await traffic.state());
  await cluster.endAll(['secret-worker']);
  await topics.forgetProgress();
  await cluster.startAll(['secret-worker']);
  await topics.worked();
  const afterReplay = differing(before, await traffic.state());
  const wrong = await traffic.wrongKeys();
  return combine(
    show('Mutations in the topic', records.length, 'records'),
    show('Duplicates appended, so that each is delivered 1 to 5 times', added.length, 'records'),
    assertEqual('Keys whose value or version changed by the duplicates', afterDuplicates.length, 'keys', 0),
    show('Records replayed from offset 0', records.length + added.length, 'records'),
    assertEqual('Keys whose value or version changed by the replay', afterReplay.length, 'keys', 0),
    assertEqual('Keys that do not hold the last acknowledged write after it', wrong.length, 'keys', 0),
  );
};

const GENERATION = /fence-ahead: .*coffer\.messaging\.generation is set to (\d+)/g;

const namedGenerations = (output: string): number[] =>
  Array.from(output.matchAll(GENERATION), ([, number]) => Number(number));

/** Writes of keys that nobody has written before: enough of them end every partition beyond where it ended before. */
const overtake = async (cluster: Cluster, writes: number): Promise<void> => {
  const { a } = cluster.pair();
  const headers = { prefer: 'respond-async' };
  const keys = Array.from({ length: writes }, (_, number) => `NEW_${number}`).values();
  const lane = async (): Promise<void> => {
    for (const key of keys) await a.put('overtaking', { key, value: 'v' }, headers);
  };
  await Promise.all(Array.from({ length: 24 }, lane));
};

/**
 * Topics that were deleted and made anew, and filled before a worker comes: no write of a key that the store knows is
 * acknowledged or dropped; all of them are applied once the generation is raised as the workers say.
 */
const remade = async (cluster: Cluster, topics: RawTopics, traffic: Traffic, added: number): Promise<Outcome> => {
  const before = await traffic.state();
  const all = Object.keys(before).length;
  await cluster.endAll();
  await topics.remake(Object.values(TOPICS));
  const from = cluster.output.length;
  await cluster.startAll(['cache-invalidator', 'gateway']);
  const queued = await traffic.queueAll();
  await overtake(cluster, added);
  await cluster.startAll(['secret-worker']);
  const said = (): number[] => namedGenerations(cluster.output.slice(from));
  await until('a worker says fence-ahead', () => said().length > 0, END_TIMEOUT_MS);
  const answers = await traffic.rewriteAll();
  const dropped = await traffic.calledApplied(queued);
  const acknowledged = answers.filter((status) => status === 200);
  const changed = differing(before, await traffic.state());
  const [generation = NaN] = said();
  await cluster.endAll();
  cluster.configuration.setMessaging({ generation });
  await cluster.startAll();
  await topics.worked();
  traffic.expectAll(queued);
  const missing = await traffic.wrongKeys();
  const writes = await traffic.acknowledgeAll();
  const wrong = await traffic.wrongKeys();
  return combine(
    show('Generation that the workers say is to be set', generation, ''),
    assertEqual('Queued writes of stored keys that count as applied before it is set', dropped.length, 'writes', 0),
    assertEqual('Further writes of stored keys acknowledged before it is set', acknowledged.length, 'writes', 0),
    assertEqual('Stored keys changed before it is set', changed.length, 'keys', 0),
    assertEqual('Keys that lack what was queued, once it is set', missing.length, 'keys', 0),
    assertEqual('Writes acknowledged once it is set', writes, 'writes', all),
    assertEqual('Keys that do not hold the last acknowledged write', wrong.length, 'keys', 0),
    details([...missing, ...wrong], 5),
  );
};

/** What is delivered again changes nothing, and a queue that is not the one it was drops nothing. */
const replayProperty = async (cluster: Cluster, options: ReplayOptions): Promise<Outcome> => {
  const topics = await RawTopics.open(cluster.brokers);
  const traffic = new Traffic(cluster, options);
  try {
    await write(traffic, options.writes);
    return combine(
      await forged(cluster, topics, traffic),
      await again(cluster, topics, traffic),
      await remade(cluster, topics, traffic, options.overtaking),
      repeatedReads([traffic]),
    );
  } finally {
    await topics.close();
  }
};

export default property({
  name: 'replay',
  title: 'The queue delivered again, and made anew',
  shows: 'Mutations delivered again change nothing; topics made anew stop the workers until the generation is raised.',
  servers: ['postgresql'],
  ownServers: ['kafka'],
  quick: { writes: 80, overtaking: 480, keys: 20, lanes: 8, readIntervalMs: 12 },
  full: { writes: 2_000, overtaking: 12_000, keys: 200, lanes: 12, readIntervalMs: 4 },
  run: (options) => Cluster.use({}, (cluster) => replayProperty(cluster, options)),
});
