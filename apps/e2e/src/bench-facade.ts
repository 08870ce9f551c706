import { parseArgs } from 'node:util';
import { figureLines, figuresTable, samplesTable } from './benchmarks/comparison/report.js';
import { measurePair } from './benchmarks/bench-facade/measure-pair.js';
import { PAIRS } from './benchmarks/bench-facade/pairs.js';

const HELP = `Measures what the facade adds to a read: the same secret's read through the facade, by the adapter alone, and what
the adapter asks for asked by the vendor's client alone, on the same server, one at a time.

Usage: node apps/e2e/dist/bench-facade.js [--seconds N] [--store NAME]...

  --seconds N     how long to measure in all, default 60; setting up takes some seconds more
  --store NAME    default: all of ${PAIRS.map(({ store }) => store).join(', ')}
  --help          this text

The stores' addresses come from the variables COFFER_TEST_… that npm run servers -- up prints. The three ways take turns
in short slices, round after round; every difference is one of two slices of the same round, and the median and the range
over all rounds are reported.`;

const parse = () => {
  const options = {
    seconds: { type: 'string', default: '60' },
    store: { type: 'string', multiple: true, default: [] as string[] },
    help: { type: 'boolean', default: false },
  } as const;
  const { seconds, store, help } = parseArgs({ options }).values;
  if (!(Number(seconds) > 0)) throw new Error('--seconds must be a number above 0');
  const unknown = store.find((name) => !PAIRS.some((row) => row.store === name));
  if (unknown !== undefined) throw new Error(`there is no store "${unknown}"`);
  return {
    seconds: Number(seconds),
    help,
    rows: PAIRS.filter((row) => store.length === 0 || store.includes(row.store)),
  };
};

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const run = async (): Promise<void> => {
  const { seconds, help, rows } = parse();
  if (help) return say(HELP);
  for (const row of rows) {
    const { figures, rounds } = await measurePair(row, seconds / rows.length);
    say(
      `${row.store}: median and range of ${rounds.length} rounds\n\n${samplesTable(rounds)}\n\n${figuresTable(figures)}\n`,
    );
    say(`${figureLines(figures, rounds.length)}\n`);
  }
};

run().catch((error: unknown) => {
  process.stderr.write(`bench-facade: ${error instanceof Error ? error.message : 'failed'}\n`);
  process.exitCode = 1;
});
