import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster } from '../../cluster/index.js';
import { repeatedReads } from '../../workload/repeated-reads.js';
import { Traffic, type Write } from '../../workload/traffic.js';
import { medianOf } from '../../benchmarks/comparison/sample.js';
import { until } from '../../harness/index.js';
import { aimAtMost, assertEqual, combine, show, type Outcome } from '../../harness/outcome.js';

/** T of the protocol and the second that the rest may take. */
const LEASE_MS = 2_000;
const WORST_MS = LEASE_MS + 1_000;
const KEYS = 50;
/** Bounds a failure only. */
const TIMEOUT_MS = 120_000;

const latencies = (writes: readonly Write[], from: number, to: number): number[] =>
  writes.flatMap(({ sent, applied }) => (applied === undefined || sent < from || sent >= to ? [] : [applied - sent]));

const ms = (value: number): number => Number(value.toPrecision(3));

/**
 * A gateway with leases that is stopped holds writes up until its lease is over, and none after that; when it goes on,
 * it serves nothing that was cached before. How long the worst write takes depends on the machine.
 */
export const pausedGateway = async (
  cluster: Cluster,
  { stopped, calm }: Readonly<Record<'stopped' | 'calm', number>>,
): Promise<Outcome> => {
  const [halted, ...others] = cluster.of('gateway');
  if (halted === undefined || others.length === 0) throw new Error('there are not enough gateways');
  let going = others;
  const traffic = new Traffic(
    {
      get gateways() {
        return going.map((gateway) => cluster.client(gateway));
      },
    },
    { keys: KEYS, lanes: 2, readIntervalMs: 10 },
  );
  let over = false;
  const run = traffic.run(() => over);
  const began = performance.now();
  let [atStop, atGo] = [began, began];
  let wrong: string[] = [];
  try {
    await pause(calm * 1_000);
    // What it holds when it is stopped, all of which is written meanwhile.
    const held = cluster.client(halted);
    for (let key = 0; key < KEYS; key += 1) await held.value(traffic.namespace, `KEY_${key}`);
    cluster.signal(halted, 'SIGSTOP');
    atStop = performance.now();
    await pause(stopped * 1_000);
    const goesOn = () => latencies(traffic.writes, atStop + WORST_MS, Infinity).length > 0;
    await until('a write goes through once the lease is over', goesOn, TIMEOUT_MS);
    atGo = performance.now();
    over = true;
    await run;
    // These wait at its door: the first thing that it does is to answer them.
    going = [halted, ...others];
    const looking = traffic.wrongKeys();
    cluster.signal(halted, 'SIGCONT');
    wrong = await looking;
    const { acknowledged } = traffic;
    await traffic.run(() => traffic.acknowledged >= acknowledged + 50);
  } finally {
    over = true;
    cluster.signal(halted, 'SIGCONT');
    await run;
  }
  const before = latencies(traffic.writes, began, atStop);
  const held = latencies(traffic.writes, atStop, atStop + WORST_MS);
  const after = latencies(traffic.writes, atStop + WORST_MS, atGo);
  const worst = Math.max(...latencies(traffic.writes, atStop - WORST_MS, atGo));
  const outcome = combine(
    show('A gateway stopped for', stopped, 's'),
    show('before: write, p50', ms(medianOf(before)), `ms, worst ${ms(Math.max(...before))}`),
    aimAtMost('from the stop on: worst write', ms(worst), 'ms', WORST_MS),
    show(`in the first ${WORST_MS / 1_000} s`, held.length, 'writes'),
    show('later: write, p50', ms(medianOf(after)), `ms, worst ${ms(Math.max(...after))}`),
    assertEqual(
      'writes that failed',
      traffic.writes.filter(({ refused }) => refused !== undefined).length,
      'writes',
      0,
    ),
    assertEqual(`reads that failed (of ${traffic.reads})`, traffic.failedReads.length, 'reads', 0),
    repeatedReads([traffic], 'A gateway stopped: '),
    assertEqual('reads older than a write or a read before them', traffic.violations.length, 'reads', 0),
    assertEqual('keys that do not hold the last acknowledged write', wrong.length, 'keys', 0),
  );
  const { writes, violations, failedReads } = traffic;
  const refused = writes.flatMap((write) => (write.refused === undefined ? [] : [write.refused]));
  const details = [violations, refused, failedReads, wrong].flatMap((each) => each.slice(0, 4));
  return { ...outcome, problems: [...outcome.problems, ...details] };
};
