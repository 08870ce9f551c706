import { setTimeout as pause } from 'node:timers/promises';
import { medianOf } from '../bench/sample.js';
import type { CachedCluster } from '../cache-cluster/index.js';
import { Traffic, type Started } from '../cluster/index.js';
import { demand, join, show, type Outcome } from '../measure/index.js';

/** T of the protocol, in milliseconds: a write that waited for a lease takes about as long. */
const LEASE = 2_000;
/** A write that met nobody's lease takes less, in milliseconds. */
const AIM = LEASE / 2;
/** Writes sent this long after a gateway was told to end no longer find a lease of it, in milliseconds. */
const OVER = LEASE + 1_000;
/** Writes without a fault before it, in milliseconds. */
const CALM = 3_000;
const KEYS = { keys: 50, lanes: 2 };

const ms = (value: number): number => Number(value.toPrecision(3));

interface Ended {
  /** Of the writes before, and of those that a lease of the gateway could hold up; in milliseconds. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly outcome: Outcome;
}

/** A gateway with leases ends, and another takes its place, while the other gateways write and read. */
const endOne = async (cluster: CachedCluster, gateway: Started, signal: NodeJS.Signals): Promise<Ended> => {
  await cluster.hitsAreServed();
  const others = cluster.of('gateway').filter(({ pid }) => pid !== gateway.pid);
  const traffic = new Traffic({ gateways: others.map((other) => cluster.client(other)) }, KEYS);
  let over = false;
  const run = traffic.run(() => over);
  const began = performance.now();
  let at = began;
  try {
    await pause(CALM);
    at = performance.now();
    await cluster.end(gateway, signal);
    await pause(OVER);
  } finally {
    over = true;
    await run;
  }
  await cluster.start('gateway');
  const taken = traffic.writes.flatMap(({ sent, applied }) => (applied === undefined ? [] : [{ sent, applied }]));
  const times = (of: typeof taken): number[] => of.map(({ sent, applied }) => applied - sent);
  const wrong = await traffic.wrongKeys();
  const refused = traffic.writes.filter((write) => write.refused !== undefined).length;
  return {
    before: times(taken.filter(({ applied }) => applied < at)),
    after: times(taken.filter(({ sent, applied }) => applied >= at && sent < at + OVER)),
    outcome: {
      figures: [],
      problems: [
        ...(refused === 0 ? [] : [`${refused} writes failed while a gateway ended`]),
        ...[...traffic.violations, ...traffic.failedReads, ...wrong].slice(0, 4),
      ],
    },
  };
};

/**
 * A gateway that is ended in an orderly way gives its leases back, so that no write waits for it; for one that is
 * killed they do. How long a write may take is for `strict` runs to demand: it depends on the machine.
 */
export const rollingRestart = async (
  cluster: CachedCluster,
  { strict = true }: { readonly strict?: boolean },
): Promise<Outcome> => {
  const gateways = cluster.of('gateway');
  const ended: Ended[] = [];
  for (const gateway of gateways) ended.push(await endOne(cluster, gateway, 'SIGTERM'));
  const [first] = cluster.of('gateway');
  if (first === undefined) throw new Error('there is no gateway');
  const killed = await endOne(cluster, first, 'SIGKILL');
  await cluster.hitsAreServed();
  const before = ended.flatMap((each) => each.before);
  const after = ended.flatMap((each) => each.after);
  const worst = Math.max(...after);
  const what = 'Rolling restart';
  return join(
    demand(`${what}: gateways ended by SIGTERM, one after another`, ended.length, 'gateways', gateways.length),
    show(`${what}: write before, p50`, ms(medianOf(before)), `ms, worst ${ms(Math.max(...before))}`),
    {
      figures: [{ figure: `${what}: worst write as a gateway ends`, value: ms(worst), unit: 'ms', aim: `≤ ${AIM}` }],
      problems: strict && worst > AIM ? [`a write took ${ms(worst)} ms while a gateway ended`] : [],
    },
    show(`${what}: writes as a gateway ends`, after.length, 'writes'),
    show('Control: worst write when one is killed instead', ms(Math.max(...killed.after)), 'ms'),
    ...[...ended, killed].map(({ outcome }) => outcome),
    { figures: [], problems: after.length > 0 ? [] : ['nothing was written while a gateway ended'] },
  );
};
