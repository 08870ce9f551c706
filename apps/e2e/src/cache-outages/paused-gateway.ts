import { setTimeout as pause } from 'node:timers/promises';
import type { CachedCluster } from '../cache-cluster/index.js';
import { Traffic, type Write } from '../cluster/index.js';
import { medianOf } from '../benchmarks/comparison/sample.js';
import { until } from '../harness/index.js';
import { demand, join, show, type Outcome } from '../measure/index.js';

/** T of the protocol and the second that the rest may take, in milliseconds. */
const LEASE = 2_000;
const WORST = LEASE + 1_000;
const KEYS = 50;
/** How long writes are measured before the gateway is stopped, in milliseconds. */
const BEFORE = 5_000;
/** In milliseconds; bounds a failure only. */
const TIMEOUT_MS = 120_000;

const latencies = (writes: readonly Write[], from: number, to: number): number[] =>
  writes.flatMap(({ sent, applied }) => (applied === undefined || sent < from || sent >= to ? [] : [applied - sent]));

const ms = (value: number): number => Number(value.toPrecision(3));

/**
 * A gateway with leases that is stopped holds writes up until its lease is over, and none after that; when it goes on,
 * it serves nothing that was cached before. Whether the worst write is short enough is for `strict` runs to demand: it
 * depends on the machine.
 */
export const pausedGateway = async (
  cluster: CachedCluster,
  { stopped, strict = true }: { readonly stopped: number; readonly strict?: boolean },
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
    { keys: KEYS, lanes: 2 },
  );
  let over = false;
  const run = traffic.run(() => over);
  const began = performance.now();
  let [atStop, atGo] = [began, began];
  let wrong: string[] = [];
  try {
    await pause(BEFORE);
    // What it holds when it is stopped, all of which is written meanwhile.
    const held = cluster.client(halted);
    for (let key = 0; key < KEYS; key += 1) await held.value(traffic.namespace, `KEY_${key}`);
    cluster.signal(halted, 'SIGSTOP');
    atStop = performance.now();
    await pause(stopped * 1_000);
    const goesOn = () => latencies(traffic.writes, atStop + WORST, Infinity).length > 0;
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
  const held = latencies(traffic.writes, atStop, atStop + WORST);
  const after = latencies(traffic.writes, atStop + WORST, atGo);
  const worst = Math.max(...latencies(traffic.writes, atStop - WORST, atGo));
  const outcome = join(
    show('A gateway stopped for', stopped, 's'),
    show('before: write, p50', ms(medianOf(before)), `ms, worst ${ms(Math.max(...before))}`),
    {
      figures: [{ figure: 'from the stop on: worst write', value: ms(worst), unit: 'ms', aim: `≤ ${WORST}` }],
      problems: strict && worst > WORST ? [`a write took ${ms(worst)} ms while a gateway was stopped`] : [],
    },
    show(`in the first ${WORST / 1_000} s`, held.length, 'writes'),
    show('later: write, p50', ms(medianOf(after)), `ms, worst ${ms(Math.max(...after))}`),
    demand('writes that failed', traffic.writes.filter(({ refused }) => refused !== undefined).length, 'writes', 0),
    demand(`reads that failed (of ${traffic.reads})`, traffic.failedReads.length, 'reads', 0),
    demand('reads older than a write or a read before them', traffic.violations.length, 'reads', 0),
    demand('keys that do not hold the last acknowledged write', wrong.length, 'keys', 0),
  );
  const { writes, violations, failedReads } = traffic;
  const refused = writes.flatMap((write) => (write.refused === undefined ? [] : [write.refused]));
  const details = [violations, refused, failedReads, wrong].flatMap((each) => each.slice(0, 4));
  return { ...outcome, problems: [...outcome.problems, ...details] };
};
