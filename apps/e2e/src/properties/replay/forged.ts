import { isDeepStrictEqual } from 'node:util';
import { DEFAULT_TOPOLOGY, TOPICS } from '@coffer/messaging';
import type { Cluster, RawRecord, RawTopics } from '../../cluster/index.js';
import { assertEqual, combine, show, type Outcome } from '../../harness/outcome.js';
import type { Traffic } from '../../workload/traffic.js';

type State = Record<string, unknown>;

/** Keys whose value or version differs. */
export const differing = (before: State, after: State): string[] =>
  Object.keys(before).filter((key) => !isDeepStrictEqual(before[key], after[key]));

/**
 * What somebody can do who reads and writes the topics and has no key: every mutation once more in another partition, every
 * record of the log once more, in its own shard and in another one. Writes go on, and nothing else changes.
 */
export const forged = async (cluster: Cluster, topics: RawTopics, traffic: Traffic): Promise<Outcome> => {
  await topics.worked();
  const before = await traffic.state();
  const mutations = await topics.dump(TOPICS.mutations);
  const log = await topics.dump(TOPICS.coherence);
  const moved = (records: readonly RawRecord[], partitions: number): RawRecord[] =>
    records.map(({ partition, message }) => ({ partition: (partition + 1) % partitions, message }));
  const { partitions, shards } = DEFAULT_TOPOLOGY;
  await topics.append(TOPICS.mutations, moved(mutations, partitions));
  await topics.append(TOPICS.coherence, [...moved(log, shards), ...log]);
  await topics.worked();
  const changed = differing(before, await traffic.state());
  // Copies of OWNER and EPOCH make workers and coordinators claim again.
  await cluster.writesGoThrough();
  const halted = cluster.output.includes('fence-ahead');
  return combine(
    show('Mutations appended once more to another partition', mutations.length, 'records'),
    show('Records of the log appended once more, to their shard and to another one', 2 * log.length, 'records'),
    assertEqual('Keys whose value or version changed by that', changed.length, 'keys', 0),
    assertEqual('Partitions that stopped by that', Number(halted), 'partitions', 0),
  );
};
