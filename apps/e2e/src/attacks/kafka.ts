import { TOPICS } from '@coffer/messaging';
import { Cluster, metricsOf, RawTopics, seriesOf, type RawRecord } from '../cluster/index.js';
import { forged } from '../properties/replay/forged.js';
import { Traffic } from '../workload/traffic.js';
import { reachedBy, type Attack } from './attack.js';

const WRITES = 60;
const NAMESPACE = 'attacked';

/** The same with another byte in its authentication code, or in what it says. */
const tampered = ({ partition, message }: RawRecord, index: number): RawRecord => {
  const value = Buffer.from(message.value ?? Buffer.alloc(0));
  const at = index % 2 === 0 ? value.length - 1 : value.length >> 1;
  if (value.length > 0) value.writeUInt8(value.readUInt8(at) ^ 1, at);
  return { partition, message: { ...message, value } };
};

const refusals = async (cluster: Cluster): Promise<Readonly<Record<string, number>>> => {
  const [gateway] = cluster.of('gateway');
  const text = await metricsOf(gateway?.address ?? '', cluster.token);
  return seriesOf(text, 'coffer_log_records_refused_total', 'reason');
};

/** An older value of a key once more behind the newer one: what is stored then. */
const rolledBack = async (cluster: Cluster, topics: RawTopics): Promise<string | undefined> => {
  const { a } = cluster.pair();
  for (const value of ['old', 'new']) {
    const { status } = await a.put(NAMESPACE, { key: 'K', value });
    if (status !== 200) throw new Error(`a write was answered ${status}`);
  }
  await topics.worked();
  const records = await topics.dump(TOPICS.mutations);
  const [older] = records.filter(({ message }) => message.key?.toString().includes(NAMESPACE));
  if (older === undefined) throw new Error('the topic lacks the write');
  await topics.append(TOPICS.mutations, [older, older]);
  await topics.worked();
  const { value } = (await a.value(NAMESPACE, 'K')).json();
  return value === 'new' ? undefined : String(value);
};

export const kafkaWriter: Attack = {
  name: 'write-access-to-kafka',
  aim: 'Who can write to the topics rolls values back, halts partitions or forges acknowledgements',
  run: () =>
    Cluster.use({ counts: { gateway: 2, 'secret-worker': 1, 'cache-invalidator': 1 } }, async (cluster) => {
      const topics = await RawTopics.open(cluster.brokers);
      try {
        const old = await rolledBack(cluster, topics);
        const traffic = new Traffic(cluster, { keys: 20, lanes: 4 });
        await traffic.run(() => traffic.writes.length >= WRITES);
        const log = await topics.dump(TOPICS.coherence);
        await topics.append(TOPICS.coherence, log.map(tampered));
        const { problems } = await forged(cluster, topics, traffic);
        const wrong = await traffic.wrongKeys();
        const refused = await refusals(cluster);
        const count = Object.values(refused).reduce((sum, each) => sum + each, 0);
        return {
          tried: `an old mutation behind the newer one, every mutation in another partition, ${log.length} records of the log once more, moved, and with a byte changed; ${count} were refused`,
          reached: [
            ...reachedBy(
              [old !== undefined, `the value is ${old} again`],
              [(refused['forged'] ?? 0) + (refused['unsigned'] ?? 0) === 0, 'no record with another byte was refused'],
              [wrong.length > 0, `${wrong.length} keys do not hold the last write`],
            ),
            ...problems,
          ],
        };
      } finally {
        await topics.close();
      }
    }),
};
