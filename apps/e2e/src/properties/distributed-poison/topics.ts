import { filesBelow, piecesOf } from '../../leak-scan/files.js';
import { LeakScanner } from '../../leak-scan/index.js';
import { RawTopics, TOPIC_NAMES, type RawRecord, type Cluster } from '../../cluster/index.js';
import { assertEqual, combine, show, type Outcome } from '../../harness/outcome.js';

const CONTROL = 'coffer.test.control';

const bytesOf = ({ message: { key, value, headers } }: RawRecord): Buffer[] => [
  key ?? Buffer.alloc(0),
  value ?? Buffer.alloc(0),
  Buffer.from(
    JSON.stringify(headers, (_name, inner: unknown) => (Buffer.isBuffer(inner) ? inner.toString('latin1') : inner)),
  ),
];

/** Looks for a value that was written through this cluster wherever values pass, and for one that was planted there. */
export const scanTopics = async (cluster: Cluster, marker: string): Promise<Outcome> => {
  const topics = await RawTopics.open(cluster.brokers);
  const search = new LeakScanner([{ name: 'value', text: marker }]);
  const inTopic = async (topic: string): Promise<{ records: number; leaks: number }> => {
    const records = await topics.dump(topic);
    return { records: records.length, leaks: records.flatMap((record) => search.scan(topic, bytesOf(record))).length };
  };
  const inFiles = () =>
    filesBelow(cluster.broker.handle.folder ?? '').flatMap((file) => search.scan(file, piecesOf(file)));
  try {
    const outcomes: Outcome[] = [];
    for (const topic of TOPIC_NAMES) {
      const { records, leaks } = await inTopic(topic);
      outcomes.push(assertEqual(`Values in clear in ${topic} (${records} records)`, leaks, 'finds', 0));
      if (records === 0) outcomes.push(assertEqual(`Topics without a record: ${topic}`, 1, 'topics', 0));
    }
    const output = search.scanText('output', cluster.output);
    const files = inFiles();
    const found = search.scanText('output', `${cluster.output}${marker}`);
    await topics.make(CONTROL);
    const planted = { key: null, value: Buffer.from(marker), headers: {} } as RawRecord['message'];
    await topics.append(CONTROL, [{ partition: 0, message: planted }]);
    const control = await inTopic(CONTROL);
    return combine(
      ...outcomes,
      assertEqual('Values in clear in the output of all processes', output.length, 'finds', 0),
      assertEqual('Values in clear in the files of the broker', files.length, 'finds', 0),
      assertEqual('Control planted in a topic, found', Number(control.leaks > 0), 'finds', 1),
      assertEqual(
        'Control planted in a topic, found in the files of the broker',
        Number(inFiles().length > 0),
        'finds',
        1,
      ),
      assertEqual('Control planted in the output, found', Number(found.length > 0), 'finds', 1),
      show('Looked through', Math.round(search.bytes / 1_000_000), 'MB'),
    );
  } finally {
    await topics.close();
  }
};
