import { SeededRandom } from '@coffer/coherence/simulation';
import { property } from '../harness/property.js';
import { startBusyLoops } from '../workload/busy-loops.js';
import { FAULTS } from './soak/faults.js';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { checkHistory, parseHistory, type Operation } from '@coffer/coherence/history';
import { aimAtLeast, assertEqual, details, combine, printError, show, type Outcome } from '../harness/outcome.js';
import type { Fault } from './soak/faults.js';
import { describeContradictions } from '../history/contradictions.js';
import { HistoryFile } from '../history/history-file.js';
import { Names } from './soak/names.js';
import { Readers } from './soak/readers.js';
import { injectAll } from './soak/schedule.js';
import { FaultTargets } from './soak/fault-targets.js';
import { beyondFaults, newTally, type Tally } from './soak/tally.js';
import { HELP } from './soak/help.js';
import { Writers } from './soak/writers.js';

interface SoakOptions {
  /** Duration of the load, faults included. */
  readonly seconds: number;
  readonly seed: number;
  readonly paths: number;
  readonly lanes: number;
  /** One after another in each row, the rows side by side. */
  readonly faults: readonly (readonly Fault[])[];
  /** Every fault once, however long that takes, instead of again and again for the time given. */
  readonly once: boolean;
  /** A file that the history is written to. */
  readonly history: string;
}

/** Load without faults at the beginning and at the end. */
const CALM_MS = 5_000;
/** Least share of reads that must come from a cache, or the caches were not tried. */
const MIN_CACHED_PERCENT = 30;

const load = async (
  targets: FaultTargets,
  options: SoakOptions,
  tally: Tally,
): Promise<ReadonlyMap<string, number>> => {
  const { paths, lanes, seed, seconds, faults, once } = options;
  const names = new Names(`soak.n${randomBytes(4).toString('hex')}`, paths);
  const history = new HistoryFile(options.history);
  const readers = new Readers(targets, names, history, tally, new SeededRandom(seed + 1));
  const writers = new Writers(targets, names, readers, history, tally, {
    lanes,
    seed: (lane) => new SeededRandom(seed + 100 + lane),
  });
  const loading = [readers.run(), writers.run()] as const;
  try {
    await pause(CALM_MS);
    const injected = await injectAll(targets, {
      ...{ seed, rows: faults, once, durationMs: seconds * 1_000 - 2 * CALM_MS },
      onFault: (fault) => void tally.faults.push(fault),
    });
    await targets.heal();
    await pause(CALM_MS);
    return injected;
  } finally {
    await targets.heal();
    writers.stop();
    await loading[1];
    await Promise.all(names.all.flatMap((name) => [readers.probe(name, false), readers.probe(name, true)]));
    readers.stop();
    await loading[0];
    await history.close();
  }
};

const listed = (counts: ReadonlyMap<string | number, number>): string =>
  counts.size === 0 ? 'none' : [...counts].map(([name, count]) => `${name} × ${count}`).join(', ');

/** What the lines of the file say, as any other checker could read them. */
const judge = (file: string): Outcome => {
  const operations = parseHistory(readFileSync(file, 'utf8'));
  const { reads, writes, cached, stale, inversions, impossible } = checkHistory(operations);
  const from = (cache: Operation['cache']): number =>
    operations.filter((each) => each.op === 'read' && each.outcome === 'ok' && each.cache === cache).length;
  return combine(
    show('Reads', reads, 'reads'),
    show('Writes', writes, 'writes'),
    ...(['l1', 'l2', 'store'] as const).map((cache) => show(`Reads answered from ${cache}`, from(cache), 'reads')),
    // With fewer a run proves nothing about caches.
    aimAtLeast('Reads answered from a cache', percent(cached, reads), '%', MIN_CACHED_PERCENT),
    assertEqual('Reads older than an acknowledged write', stale.length, 'reads', 0),
    assertEqual('Reads older than a read before them', inversions.length, 'reads', 0),
    assertEqual('Reads of what was never written', impossible.length, 'reads', 0),
    details(describeContradictions({ stale, inversions, impossible })),
  );
};

const percent = (part: number, whole: number): number => (whole === 0 ? 0 : Math.floor((1_000 * part) / whole) / 10);

/**
 * Under faults of every kind, no read through any gateway is older than a write that was acknowledged before it began,
 * nor than a read that ended before it began.
 */
const soakProperty = async (targets: FaultTargets, options: SoakOptions): Promise<Outcome> => {
  const tally = newTally();
  const injected = await load(targets, options, tally);
  printError(`the history is in ${options.history}`);
  return combine(
    show('Seed', options.seed, ''),
    judge(options.history),
    show('Writes acknowledged', tally.acknowledged, 'writes'),
    show('Writes of unknown outcome', tally.unknown, 'writes'),
    show('Writes repeated until they were acknowledged', tally.repeated, 'writes'),
    show('Longest write, repetitions included', (tally.longestWrite / 1_000).toFixed(2), 's'),
    show(
      'Longest write beyond the fault it met',
      (Math.max(0, ...tally.writes.map((write) => beyondFaults(write, tally.faults))) / 1_000).toFixed(2),
      's',
    ),
    show('Deletions acknowledged', tally.deletes, 'writes'),
    show('Cache drops', tally.drops, 'calls'),
    show('Reads that a parent namespace answered', tally.inherited, 'reads'),
    show('Reads with refresh=true', tally.refreshes, 'reads'),
    show('Reads that found nothing, one way or another', tally.ambiguous, 'reads'),
    show('Reads without an answer', tally.unanswered, 'reads'),
    show('Reads answered with an error', listed(tally.refusedReads), ''),
    show('Faults', listed(injected), ''),
    details(tally.wrong),
  );
};

const faultsNamed = (names: readonly string[]): readonly (readonly Fault[])[] => {
  const unknown = names.find((name) => !FAULTS.flat().some((fault) => fault.name === name));
  if (unknown !== undefined) throw new Error(`there is no fault "${unknown}"; see --help`);
  return FAULTS.map((row) => row.filter(({ name }) => names.length === 0 || names.includes(name)));
};

export default property({
  name: 'soak',
  title: 'Coherent caches under faults',
  shows:
    'Ten minutes of load over 50 keys while processes are stopped and killed, links cut and slowed, Redis emptied and replaced by an older one: no read is older than an acknowledged write or a read before it. The raw output names every fault.',
  servers: ['postgresql'],
  ownServers: ['kafka', 'redis'],
  quick: {
    seconds: 20,
    busy: 1,
    once: true,
    fault: ['SIGSTOP gateway', 'kill -9 secret-worker', 'link to kafka held', 'Redis with old data', 'FLUSHALL'],
  },
  full: {
    seconds: 600,
    seed: 1,
    busy: 0,
    paths: 50,
    lanes: 8,
    fault: [] as readonly string[],
    once: false,
    history: '',
  },
  help: HELP,
  run: async ({ busy, fault, history, ...options }) => {
    const faults = faultsNamed(fault);
    if (options.seconds < 15) throw new Error('--seconds must be at least 15');
    if (busy > 64) throw new Error('--busy must be at most 64');
    const file = history === '' ? join(tmpdir(), `coffer-soak-${process.pid}.jsonl`) : history;
    const targets = await FaultTargets.open();
    const endBusyLoops = startBusyLoops(busy);
    try {
      return await soakProperty(targets, { ...options, faults, history: file });
    } finally {
      endBusyLoops();
      await targets.close();
    }
  },
});
