import { parseArgs } from 'node:util';
import { compare, COMPARISONS } from './benchmarks/bench/comparisons.js';
import { figureLines, figuresTable, samplesTable } from './benchmarks/comparison/report.js';
import { runRounds } from './benchmarks/comparison/sample.js';
import { withSubjects } from './benchmarks/bench/subjects.js';
import { variantsOf } from './benchmarks/bench/variants.js';

const HELP = `Measures reads and writes of Coffer in one process beside what they cannot do without: a bare node:http server
that answers the same bytes, the database's own SELECT by primary key, and a bare conditional UPDATE.

Usage: node apps/e2e/dist/bench.js [--seconds N] [--profile FOLDER]

  --seconds N        how long to measure, default 60; setting up takes some seconds more
  --profile FOLDER   leaves CPU profiles of both Coffers there; what is measured is then slower
  --help             this text

Environment:
  COFFER_TEST_POSTGRESQL_URL   an administrator's address; a database is made there and dropped

This process is the load generator: a small keep-alive HTTP client on plain sockets, one request under way for each
connection, exact latencies. What it measures runs in other processes; the embedded database's SELECT and UPDATE run in
this one, without any round trip. The variants take turns in short slices, round after round; every ratio is one of two
slices of the same round, and the median and the range over all rounds are reported.`;

const parse = () => {
  const options = {
    seconds: { type: 'string', default: '60' },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  } as const;
  const { seconds, profile, help } = parseArgs({ options }).values;
  if (!(Number(seconds) > 0)) throw new Error('--seconds must be a number above 0');
  return { seconds: Number(seconds), profile, help };
};

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const run = async (): Promise<void> => {
  const { seconds, profile, help } = parse();
  if (help) return say(HELP);
  const rounds = await withSubjects(profile, (subjects) => runRounds(variantsOf(subjects), seconds));
  const figures = compare(COMPARISONS, rounds);
  say(`Median and range of ${rounds.length} rounds\n\n${samplesTable(rounds)}\n\n${figuresTable(figures)}\n`);
  say(figureLines(figures, rounds.length));
};

run().catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : 'failed'}\n`);
  process.exitCode = 1;
});
