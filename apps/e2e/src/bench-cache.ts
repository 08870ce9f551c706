import { parseArgs } from 'node:util';
import { compare } from './benchmarks/bench/comparisons.js';
import { figureLines, figuresTable, samplesTable } from './benchmarks/comparison/report.js';
import { runRounds, warm } from './benchmarks/comparison/sample.js';
import { between, sourcesOf } from './cache-cluster/index.js';
import { CACHE_COMPARISONS, cacheVariants } from './benchmarks/bench-cache/comparisons.js';
import { withCacheSubjects } from './benchmarks/bench-cache/subjects.js';

const HELP = `Measures cached reads of one gateway that is held to one core, beside a bare node:http server that answers the
same bytes and beside Vault's KV 2, both on the same core; batches beside single reads; and writes of a system that
caches beside writes of one that does not, with three gateways each.

Usage: node apps/e2e/dist/bench-cache.js [--seconds N]

  --seconds N   how long to measure, default 60; setting up and warming up, by numbers of calls, takes longer than that
  --help        this text

Needs taskset (Linux). Environment:
  COFFER_TEST_POSTGRESQL_URL   an administrator's address; databases are made there and dropped

Kafka, Redis and Vault are started for the run. The load comes from this process, on another core where there is one. The
variants take turns in short slices, round after round; every figure compares two slices of the same round, and the
median and the range over all rounds are reported. What one request takes of processors is compared too, which other
work on the machine disturbs less.`;

const parse = () => {
  const options = {
    seconds: { type: 'string', default: '60' },
    help: { type: 'boolean', default: false },
  } as const;
  const { seconds, help } = parseArgs({ options }).values;
  if (!(Number(seconds) > 0)) throw new Error('--seconds must be a number above 0');
  return { seconds: Number(seconds), help };
};

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const run = async (): Promise<void> => {
  const { seconds, help } = parse();
  if (help) return say(HELP);
  await withCacheSubjects(async (subjects) => {
    const { gateway, token } = subjects;
    const variants = cacheVariants(subjects);
    for (const variant of variants) await warm(variant);
    const before = await sourcesOf([gateway], token);
    const rounds = await runRounds(variants, seconds);
    const { l1, l2, store } = between(before, await sourcesOf([gateway], token));
    const figures = compare(CACHE_COMPARISONS, rounds);
    say(`Median and range of ${rounds.length} rounds\n\n${samplesTable(rounds)}\n\n${figuresTable(figures)}\n`);
    say(figureLines(figures, rounds.length));
    const share = Number(((100 * l1) / (l1 + l2 + store)).toPrecision(4));
    say(JSON.stringify({ figure: 'cached reads that were hits in the gateway’s memory', value: share, unit: '%' }));
  });
};

run().catch((error: unknown) => {
  process.stderr.write(`bench-cache: ${error instanceof Error ? error.message : 'failed'}\n`);
  process.exitCode = 1;
});
