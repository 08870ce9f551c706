import { parseArgs } from 'node:util';
import { compare } from './benchmarks/bench/comparisons.js';
import { kafkaComparisons, kafkaVariants } from './benchmarks/bench-kafka/comparisons.js';
import { withKafkaSubjects, type KafkaSubjects } from './benchmarks/bench-kafka/subjects.js';
import { trafficOf } from './benchmarks/bench-kafka/log-traffic.js';
import { figureLines, figuresTable, samplesTable } from './benchmarks/comparison/report.js';
import { runRounds, sample, type Variant } from './benchmarks/comparison/sample.js';

const HELP = `Measures writes of a distributed Coffer beside a bare loop with the same clients: produce, consume in a group,
conditional UPDATE, answer over a second topic. One gateway and one coordinator, with one worker and then with four.

Usage: node apps/e2e/dist/bench-kafka.js [--seconds N] [--workers N]…

  --seconds N   how long to measure with each number of workers, default 30; setting up takes longer than that
  --workers N   with so many workers, may be repeated; default 1, then 4
  --help        this text

Environment:
  COFFER_TEST_POSTGRESQL_URL   an administrator's address; databases are made there and dropped

The broker is started for the run and has nothing else to do. The variants take turns in short slices, round after round;
every figure compares two slices of the same round, and the median and the range over all rounds are reported.`;

/** In milliseconds: some tens of writes one after the other. */
const SLICE = 500;
/** In milliseconds: how long writes are counted for what they leave in the topics. */
const TRAFFIC = 1_000;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const parse = () => {
  const options = {
    seconds: { type: 'string', default: '30' },
    workers: { type: 'string', multiple: true },
    help: { type: 'boolean', default: false },
  } as const;
  const { seconds, workers = ['1', '4'], help } = parseArgs({ options }).values;
  if (!(Number(seconds) > 0)) throw new Error('--seconds must be a number above 0');
  if (!workers.every((count) => /^[1-9]\d?$/.test(count))) throw new Error('--workers must be a number from 1 to 99');
  return { seconds: Number(seconds), workers: workers.map(Number), help };
};

/** What a write leaves in the topics, alone and with others at the same time: those share the framing of a batch. */
const sayTraffic = async ({ kafka, brokerFolder }: KafkaSubjects, writes: readonly Variant[]): Promise<void> => {
  for (const variant of writes) {
    const perWrite = await trafficOf(kafka, brokerFolder, async () => {
      let count = 0;
      await sample({ ...variant, call: (lane) => variant.call(lane).then(() => void (count += 1)) }, TRAFFIC);
      return count;
    });
    for (const [topic, { records, bytes }] of Object.entries(perWrite)) {
      const figure = `Kafka: ${topic} topic, ${variant.name}`;
      const unit = `bytes per write, in ${records.toFixed(2)} records`;
      say(JSON.stringify({ figure, value: Math.round(bytes), unit }));
    }
  }
};

const run = async (): Promise<void> => {
  const { seconds, workers, help } = parse();
  if (help) return say(HELP);
  for (const [index, count] of workers.entries()) {
    await withKafkaSubjects(count, async (subjects) => {
      const variants = kafkaVariants(subjects);
      const rounds = await runRounds(variants, seconds, SLICE);
      const figures = compare(kafkaComparisons(count), rounds);
      say(`Workers: ${count}; median and range of ${rounds.length} rounds\n\n${samplesTable(rounds)}\n`);
      say(`${figuresTable(figures)}\n\n${figureLines(figures, rounds.length)}`);
      if (index === 0)
        await sayTraffic(
          subjects,
          variants.filter(({ name }) => name.startsWith('write')),
        );
    });
  }
};

run().catch((error: unknown) => {
  process.stderr.write(`bench-kafka: ${error instanceof Error ? error.message : 'failed'}\n`);
  process.exitCode = 1;
});
