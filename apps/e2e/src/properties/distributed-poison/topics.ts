import { filesBelow, piecesOf } from '../../leak-scan/files.js';
import { Search } from '../../leak-scan/index.js';
import { RawTopics, TOPIC_NAMES, type RawRecord, type TestCluster } from '../../cluster/index.js';
import { demand, join, show, type Outcome } from '../../measure/index.js';

const CONTROL = 'coffer.test.control';

const bytesOf = ({ message: { key, value, headers } }: RawRecord): Buffer[] => [
  key ?? Buffer.alloc(0),
  value ?? Buffer.alloc(0),
  Buffer.from(
    JSON.stringify(headers, (_name, inner: unknown) => (Buffer.isBuffer(inner) ? inner.toString('latin1') : inner)),
  ),
];

/** Looks for a value that was written through this cluster wherever values pass, and for one that was planted there. */
export const scanTopics = async (cluster: TestCluster, canary: string): Promise<Outcome> => {
  const topics = await RawTopics.open(cluster.brokers);
  const search = new Search([{ name: 'value', text: canary }]);
  const inTopic = async (topic: string): Promise<{ records: number; hits: number }> => {
    const records = await topics.dump(topic);
    return { records: records.length, hits: records.flatMap((record) => search.in(topic, bytesOf(record))).length };
  };
  const inFiles = () => filesBelow(cluster.brokerFolder).flatMap((file) => search.in(file, piecesOf(file)));
  try {
    const outcomes: Outcome[] = [];
    for (const topic of TOPIC_NAMES) {
      const { records, hits } = await inTopic(topic);
      outcomes.push(demand(`Values in clear in ${topic} (${records} records)`, hits, 'finds', 0));
      if (records === 0) outcomes.push(demand(`Topics without a record: ${topic}`, 1, 'topics', 0));
    }
    const output = search.inText('output', cluster.output);
    const files = inFiles();
    const found = search.inText('output', `${cluster.output}${canary}`);
    await topics.make(CONTROL);
    const planted = { key: null, value: Buffer.from(canary), headers: {} } as RawRecord['message'];
    await topics.append(CONTROL, [{ partition: 0, message: planted }]);
    const control = await inTopic(CONTROL);
    return join(
      ...outcomes,
      demand('Values in clear in the output of all processes', output.length, 'finds', 0),
      demand('Values in clear in the files of the broker', files.length, 'finds', 0),
      demand('Control planted in a topic, found', Number(control.hits > 0), 'finds', 1),
      demand('Control planted in a topic, found in the files of the broker', Number(inFiles().length > 0), 'finds', 1),
      demand('Control planted in the output, found', Number(found.length > 0), 'finds', 1),
      show('Looked through', Math.round(search.bytes / 1_000_000), 'MB'),
    );
  } finally {
    await topics.close();
  }
};
