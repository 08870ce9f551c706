import { between, sourcesOf } from '../cluster/cache-sources.js';
import { combine, show } from '../harness/outcome.js';
import { property } from '../harness/property.js';
import { withVaultSubjects, type VaultSubjects } from './bench-vault/subjects.js';
import { compare, type Comparison } from './comparison/compare.js';
import { report } from './comparison/report.js';
import { runRounds, warm, type Variant } from './comparison/sample.js';
import { LANES } from './subjects/coffer-calls.js';
import { processorTimeOf } from './subjects/processor-time.js';

const MANY = `×${LANES}`;
const HITS = 'reads of KV 2 that were hits in the gateway’s memory';
const WARMING = 20_000;

/** The two slices that a figure compares follow one another. */
const variantsOf = ({ coffer, vault, pids }: VaultSubjects): readonly Variant[] => {
  const bases = [
    { name: 'Coffer', reads: coffer, pid: pids.coffer },
    { name: 'Vault', reads: vault, pid: pids.vault },
  ].map(({ name, reads, pid }) => ({
    name,
    secrets: 1,
    call: (lane: number) => reads.read(lane),
    processorTime: () => processorTimeOf(pid),
  }));
  return [
    ...bases.map((base) => ({ ...base, name: `${base.name} ${MANY}`, concurrency: LANES, warming: WARMING })),
    ...bases.map((base) => ({ ...base, concurrency: 1 })),
  ];
};

const COMPARISONS: readonly Comparison[] = [
  {
    figure: `read of KV 2 ${MANY}, Coffer / Vault, one core`,
    unit: 'times',
    aim: '≥ 8',
    of: (sample) => sample(`Coffer ${MANY}`).perSecond / sample(`Vault ${MANY}`).perSecond,
  },
  {
    figure: `read of KV 2 ${MANY}, Coffer / Vault, by processor time`,
    unit: 'times',
    of: (sample) => (sample(`Vault ${MANY}`).processor ?? NaN) / (sample(`Coffer ${MANY}`).processor ?? NaN),
  },
  {
    figure: 'read of KV 2, Coffer / Vault, one core',
    unit: 'times',
    of: (sample) => sample('Coffer').perSecond / sample('Vault').perSecond,
  },
];

export default property({
  name: 'bench-vault',
  title: 'Speed of reads by Vault’s API',
  shows: 'Cached reads of KV 2 from one gateway on one core beside Vault’s own on that core, by the same client.',
  servers: ['postgresql'],
  ownServers: ['kafka', 'redis', 'vault'],
  full: { seconds: 60 },
  help: `Measures reads of KV 2 (GET /v1/secret/data/…) of one gateway that caches and is held to one core, beside those of HashiCorp's own
server on the same core. Needs taskset (Linux).

  --seconds N   how long to measure; setting up and warming up takes longer than that

The load comes from this process, on another core where there is one. The two take turns in short slices, round after round;
every figure compares two slices of the same round, and the median and the range over all rounds are reported.`,
  run: ({ seconds }) =>
    withVaultSubjects(async (subjects) => {
      const { gateway, token } = subjects;
      const variants = variantsOf(subjects);
      for (const variant of variants) await warm(variant);
      const before = await sourcesOf([gateway], token);
      const rounds = await runRounds(variants, seconds);
      const { l1, l2, store } = between(before, await sourcesOf([gateway], token));
      const share = Number(((100 * l1) / (l1 + l2 + store)).toPrecision(4));
      return combine(report('Reads of KV 2', compare(COMPARISONS, rounds), rounds), show(HITS, share, '%'));
    }),
});
