/** @named: a measurement on two systems; what is cached, and what a hit asks, other suites show. */
import { between, sourcesOf } from '../cluster/cache-sources.js';
import { property } from '../harness/property.js';
import { combine, show } from '../harness/outcome.js';
import { CACHE_COMPARISONS, cacheVariants } from './bench-cache/comparisons.js';
import { withCacheSubjects } from './bench-cache/subjects.js';
import { compare } from './comparison/compare.js';
import { report } from './comparison/report.js';
import { runRounds, warm } from './comparison/sample.js';

const HITS = 'cached reads that were hits in the gateway’s memory';

export default property({
  name: 'bench-cache',
  title: 'Speed of cached reads, and of writes over caches',
  shows:
    'A cached read on one core beside a bare HTTP server and beside Vault on that core, batches beside single reads, and what a write waits for caches.',
  servers: ['postgresql'],
  ownServers: ['kafka', 'redis', 'vault'],
  quick: { seconds: 1, warming: 1_000 },
  quickFigures: [...CACHE_COMPARISONS.map(({ figure }) => figure), HITS],
  full: { seconds: 60, warming: 20_000 },
  help: `Measures cached reads of one gateway that is held to one core, beside a bare node:http server that answers the
same bytes and beside Vault's KV 2, both on the same core; batches beside single reads; and writes of a system that
caches beside writes of one that does not, with three gateways each. Needs taskset (Linux).

  --seconds N   how long to measure; setting up and warming up takes longer than that
  --warming N   secrets that are read before anything counts

The load comes from this process, on another core where there is one. The variants take turns in short slices, round
after round; every figure compares two slices of the same round, and the median and the range over all rounds are
reported. What one request takes of processors is compared too, which other work on the machine disturbs less.`,
  run: ({ seconds, warming }) =>
    withCacheSubjects(async (subjects) => {
      const { gateway, token } = subjects;
      const variants = cacheVariants(subjects, warming);
      for (const variant of variants) await warm(variant);
      const before = await sourcesOf([gateway], token);
      const rounds = await runRounds(variants, seconds);
      const { l1, l2, store } = between(before, await sourcesOf([gateway], token));
      const share = Number(((100 * l1) / (l1 + l2 + store)).toPrecision(4));
      return combine(report('Cached reads', compare(CACHE_COMPARISONS, rounds), rounds), show(HITS, share, '%'));
    }),
});
