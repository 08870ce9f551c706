import { setTimeout as pause } from 'node:timers/promises';
import { medianOf } from '../../benchmarks/comparison/sample.js';
import type { Cluster, Started } from '../../cluster/index.js';
import { repeatedReads } from '../../workload/repeated-reads.js';
import { Traffic } from '../../workload/traffic.js';
import { until } from '../../harness/index.js';
import { aimAtMost, details, combine, show, type Outcome } from '../../harness/outcome.js';

/** The protocol's lease, and the longest time between two heartbeats that ask for one. */
const LEASE_MS = 2_000;
const HEARTBEAT_MS = LEASE_MS / 4;
/** A lease that was not given back is counted for longer. */
const MAX_HELD_MS = LEASE_MS - HEARTBEAT_MS;
const KEYS = { keys: 50, lanes: 2, readIntervalMs: 10 };
/** Bounds a failure only. */
const TIMEOUT_MS = 180_000;

const ms = (value: number): number => Number(value.toPrecision(3));

interface Ended {
  /** From the signal until no write had to wait for the gateway, in milliseconds. */
  readonly held: number;
  /** Latencies of the writes before the signal and from it on, in milliseconds. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly problems: readonly string[];
  readonly traffic: Traffic;
}

/** A gateway with leases ends, after `calm` seconds, and another takes its place, while the other gateways write and read. */
const endOne = async (cluster: Cluster, gateway: Started, signal: NodeJS.Signals, calm: number): Promise<Ended> => {
  await cluster.hitsAreServed();
  const all = cluster.of('gateway');
  const others = all.filter(({ pid }) => pid !== gateway.pid);
  const traffic = new Traffic({ gateways: others.map((other) => cluster.client(other)) }, KEYS);
  let over = false;
  const run = traffic.run(() => over);
  const began = performance.now();
  let [at, given] = [began, began];
  try {
    await pause(calm * 1_000);
    const holders = async (): Promise<number> => cluster.leaseHolders();
    await until('every gateway holds its leases', async () => (await holders()) === all.length, TIMEOUT_MS);
    at = performance.now();
    const gone = cluster.end(gateway, signal);
    await until('its leases are over', async () => (await holders()) < all.length, TIMEOUT_MS);
    given = performance.now();
    await gone;
    await pause(LEASE_MS);
    await until('a write goes through after it', () => traffic.acknowledgedSince(at) > 0, TIMEOUT_MS);
  } finally {
    over = true;
    await run;
  }
  await cluster.start('gateway');
  const taken = traffic.writes.flatMap(({ sent, applied }) => (applied === undefined ? [] : [{ sent, applied }]));
  const times = (of: typeof taken): number[] => of.map(({ sent, applied }) => applied - sent);
  const refused = traffic.writes.flatMap((write) => (write.refused === undefined ? [] : [write.refused]));
  const wrong = await traffic.wrongKeys();
  return {
    traffic,
    held: given - at,
    before: times(taken.filter(({ applied }) => applied < at)),
    after: times(taken.filter(({ applied }) => applied >= at)),
    problems: [...refused, ...traffic.violations, ...traffic.failedReads, ...wrong].slice(0, 4),
  };
};

/**
 * A gateway that is ended in an orderly way gives its leases back at once, so that no write waits for it; for one that
 * is killed they do. How long that may take depends on the machine.
 */
export const rollingRestart = async (
  cluster: Cluster,
  { restarts, calm }: Readonly<Record<'restarts' | 'calm', number>>,
): Promise<Outcome> => {
  const ended: Ended[] = [];
  for (const gateway of cluster.of('gateway').slice(0, restarts)) {
    ended.push(await endOne(cluster, gateway, 'SIGTERM', calm));
  }
  const [first] = cluster.of('gateway');
  if (first === undefined) throw new Error('there is no gateway');
  const killed = await endOne(cluster, first, 'SIGKILL', calm);
  await cluster.hitsAreServed();
  const held = Math.max(...ended.map((each) => each.held));
  const [before, after] = [ended.flatMap((each) => each.before), ended.flatMap((each) => each.after)];
  return combine(
    show('Rolling restart of', ended.length, 'gateways, one after another'),
    aimAtMost('from SIGTERM until no write waits for its leases, longest', ms(held), 'ms', MAX_HELD_MS),
    show('control: the same from kill -9', ms(killed.held), 'ms'),
    show('Rolling restart: write before, p50', ms(medianOf(before)), `ms, worst ${ms(Math.max(...before))}`),
    show('Rolling restart: write from SIGTERM on, p50', ms(medianOf(after)), `ms, worst ${ms(Math.max(...after))}`),
    show(
      'control: write from kill -9 on, p50',
      ms(medianOf(killed.after)),
      `ms, worst ${ms(Math.max(...killed.after))}`,
    ),
    repeatedReads(
      [...ended, killed].map(({ traffic }) => traffic),
      'Rolling restart: ',
    ),
    details([...ended, killed].flatMap(({ problems }) => problems)),
  );
};
