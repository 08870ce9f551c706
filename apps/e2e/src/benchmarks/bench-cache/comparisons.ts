import { BATCH, LANES } from '../subjects/coffer-calls.js';
import type { Comparison } from '../comparison/compare.js';
import type { Variant } from '../comparison/sample.js';
import { processorTimeOf } from '../subjects/processor-time.js';
import type { CacheSubjects } from './subjects.js';

/** Writes before anything counts, for so many reads. */
const READS_PER_WRITE = 200;

const MANY = `×${LANES}`;

/**
 * All that is compared, in the order in which a round goes through it. `warming`: secrets that the bare server and the cached
 * gateway are asked for before anything counts.
 */
export const cacheVariants = (subjects: Omit<CacheSubjects, 'token'>, warming: number): readonly Variant[] => {
  const { cached, writes, uncachedWrites, bareHttp, vault, gateway, pids } = subjects;
  const timeOf = (pid: number) => ({ processorTime: () => processorTimeOf(pid) });
  const warmingWrites = Math.ceil(warming / READS_PER_WRITE);
  const one = { concurrency: 1, secrets: 1 };
  const many = { concurrency: LANES, secrets: 1 };
  return [
    { ...many, ...timeOf(pids.bareHttp), warming, name: `bare HTTP ${MANY}`, call: bareHttp },
    {
      ...many,
      ...timeOf(gateway.pid),
      warming,
      name: `cached read ${MANY}`,
      call: (lane) => cached.read(lane),
    },
    { ...many, ...timeOf(pids.vault), name: `Vault ${MANY}`, call: vault },
    { ...one, name: 'bare HTTP', call: bareHttp },
    { ...one, name: 'cached read', call: (lane) => cached.read(lane) },
    { ...one, name: 'Vault', call: vault },
    { ...one, secrets: BATCH, name: `batch of ${BATCH}`, call: (lane) => cached.readBatch(lane) },
    {
      ...many,
      secrets: BATCH,
      warming: Math.ceil(warming / BATCH),
      name: `batch of ${BATCH} ${MANY}`,
      call: (lane) => cached.readBatch(lane),
    },
    { ...one, warming: warmingWrites, name: 'write, cache on', call: (lane) => writes.write(lane) },
    { ...one, warming: warmingWrites, name: 'write, cache off', call: (lane) => uncachedWrites.write(lane) },
  ];
};

const rate = (figure: string, over: string, under: string, aim?: string): Comparison => ({
  figure,
  unit: 'times',
  ...(aim === undefined ? {} : { aim }),
  of: (sample) => sample(over).perSecond / sample(under).perSecond,
});

/** How many of the one are answered with the processor time of one of the other: as `rate`, whatever else the machine does. */
const byProcessor = (over: string, under: string): Comparison => ({
  figure: `${over} / ${under}, by processor time`,
  unit: 'times',
  of: (sample) => (sample(under).processor ?? NaN) / (sample(over).processor ?? NaN),
});

/** Comparisons of `cacheVariants`. */
export const CACHE_COMPARISONS: readonly Comparison[] = [
  rate(`cached read ${MANY} / bare HTTP ${MANY}, one core`, `cached read ${MANY}`, `bare HTTP ${MANY}`, '≥ 0.75'),
  byProcessor(`cached read ${MANY}`, `bare HTTP ${MANY}`),
  rate('cached read / bare HTTP, one core', 'cached read', 'bare HTTP'),
  rate(`cached read ${MANY} / Vault ${MANY}, one core`, `cached read ${MANY}`, `Vault ${MANY}`, '≥ 8'),
  byProcessor(`cached read ${MANY}`, `Vault ${MANY}`),
  rate('cached read / Vault, one core', 'cached read', 'Vault'),
  rate(`secrets in batches of ${BATCH} / one by one`, `batch of ${BATCH}`, 'cached read', '≥ 10'),
  rate(`secrets in batches of ${BATCH} / one by one, ${MANY}`, `batch of ${BATCH} ${MANY}`, `cached read ${MANY}`),
  {
    figure: 'write with the cache on, p50 above the same with it off',
    unit: 'ms',
    aim: '≤ 10',
    of: (sample) => sample('write, cache on').p50 - sample('write, cache off').p50,
  },
];
