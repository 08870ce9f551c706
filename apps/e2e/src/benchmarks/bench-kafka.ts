import { property } from '../harness/property.js';
import { combine, show, type Outcome } from '../harness/outcome.js';
import { kafkaComparisons, kafkaVariants } from './bench-kafka/comparisons.js';
import { trafficOf } from './bench-kafka/log-traffic.js';
import { withKafkaSubjects, type KafkaSubjects } from './bench-kafka/subjects.js';
import { compare } from './comparison/compare.js';
import { report } from './comparison/report.js';
import { runRounds, sample, type Variant } from './comparison/sample.js';

/** Some tens of writes one after the other. */
const SLICE_MS = 500;
/** How long writes are counted for what they leave in the topics. */
const TRAFFIC_MS = 1_000;

/** What a write leaves in the topics, alone and with others at the same time: those share the framing of a batch. */
const writeTraffic = async ({ kafka, brokerFolder }: KafkaSubjects, writes: readonly Variant[]): Promise<Outcome> => {
  const outcomes: Outcome[] = [];
  for (const variant of writes) {
    const perWrite = await trafficOf(kafka, brokerFolder, async () => {
      let count = 0;
      await sample({ ...variant, call: (lane) => variant.call(lane).then(() => void (count += 1)) }, TRAFFIC_MS);
      return count;
    });
    for (const [topic, { records, bytes }] of Object.entries(perWrite)) {
      const figure = `Kafka: ${topic} topic, ${variant.name}`;
      const unit = `bytes per write, in ${records.toFixed(2)} records`;
      outcomes.push(show(figure, Math.round(bytes), unit));
    }
  }
  return combine(...outcomes);
};

export default property({
  name: 'bench-kafka',
  title: 'Speed of writes over Kafka',
  shows: 'What a distributed Coffer adds to a bare loop of produce, consume, conditional update and answer.',
  servers: ['postgresql'],
  ownServers: ['kafka'],
  quick: { seconds: 1, workers: [1] },
  quickFigures: [
    'Kafka, 1 worker: write p50 above the bare loop',
    'Kafka, 1 worker: write ×16 throughput / bare loop ×16',
    'Kafka: mutations topic, write',
    'Kafka: coherence topic, write',
    'Kafka: mutations topic, write ×16',
    'Kafka: coherence topic, write ×16',
  ],
  full: { seconds: 30, workers: [1, 4] },
  help: `Measures writes of a distributed Coffer beside a bare loop with the same clients: produce, consume in a group,
conditional UPDATE, answer over a second topic. One gateway and one coordinator, on a broker with nothing else to do.

  --seconds N   how long to measure with each number of workers; setting up takes longer than that
  --workers N   with so many workers; may be given several times

The variants take turns in short slices, round after round; every figure compares two slices of the same round, and the
median and the range over all rounds are reported.`,
  run: async ({ seconds, workers }) => {
    const outcomes: Outcome[] = [];
    for (const [index, count] of workers.entries()) {
      await withKafkaSubjects(count, async (subjects) => {
        const variants = kafkaVariants(subjects);
        const rounds = await runRounds(variants, seconds, SLICE_MS);
        outcomes.push(report(`Workers: ${count}`, compare(kafkaComparisons(count), rounds), rounds));
        const writes = variants.filter(({ name }) => name.startsWith('write'));
        if (index === 0) outcomes.push(await writeTraffic(subjects, writes));
      });
    }
    return combine(...outcomes);
  },
});
