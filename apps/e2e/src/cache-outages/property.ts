import { CachedCluster } from '../cache-cluster/index.js';
import { Traffic } from '../cluster/index.js';
import { demand, join, say, show, type Outcome } from '../measure/index.js';
import { pausedGateway } from './paused-gateway.js';
import { LEASES_OVER, trafficWithout } from './reads-under.js';
import { rollingRestart } from './rolling-restart.js';

export interface OutagesScale {
  /** How long Redis, and then Kafka, is away, in seconds; more than `LEASES_OVER`. */
  readonly seconds: number;
  /** How long a gateway is stopped, in seconds. */
  readonly stopped: number;
}

const KEYS = { keys: 50, lanes: 6 };

const seconds = (milliseconds: number): number => Number((milliseconds / 1_000).toPrecision(3));

/** Of a whole run, whatever was away. */
const always = async (what: string, traffic: Traffic): Promise<Outcome> => {
  const wrong = await traffic.wrongKeys();
  const outcome = join(
    demand(`${what}: reads that failed (of ${traffic.reads})`, traffic.failedReads.length, 'reads', 0),
    demand(`${what}: reads older than a write or a read before them`, traffic.violations.length, 'reads', 0),
    demand(`${what}: keys that do not hold the last acknowledged write nor a later one`, wrong.length, 'keys', 0),
  );
  return {
    ...outcome,
    problems: [...outcome.problems, ...traffic.violations, ...traffic.failedReads, ...wrong].slice(0, 12),
  };
};

const fromTheStore = (what: string, { l1, l2, store }: { l1: number; l2: number; store: number }): Outcome =>
  join(
    show(`${what}: reads from the store, ${LEASES_OVER / 1_000} s after it and later`, store, 'reads'),
    demand(`${what}: reads from a cache, ${LEASES_OVER / 1_000} s after it and later`, l1 + l2, 'reads', 0),
  );

const unless = (holds: boolean, problem: string): Outcome => ({ figures: [], problems: holds ? [] : [problem] });

/** No lease can be asked for, and nothing shared: everything is as right, and slower. */
export const withoutRedis = async (cluster: CachedCluster, scale: Pick<OutagesScale, 'seconds'>): Promise<Outcome> => {
  const what = 'Redis away';
  const traffic = new Traffic(cluster, KEYS);
  const { reads, sources, writes, back } = await trafficWithout(cluster, traffic, 'redis', scale.seconds, (sent) =>
    sent.some(({ applied }) => applied !== undefined),
  );
  const refused = traffic.writes.filter((write) => write.refused !== undefined);
  const acknowledged = writes.filter(({ applied }) => applied !== undefined);
  const longest = Math.max(0, ...acknowledged.map(({ sent, applied = Infinity }) => applied - sent));
  return join(
    show(`${what} for`, scale.seconds, 's'),
    show(`${what}: reads meanwhile`, reads, 'reads'),
    fromTheStore(what, sources),
    show(`${what}: writes acknowledged meanwhile`, acknowledged.length, 'writes'),
    show(`${what}: longest write meanwhile`, seconds(longest), 's'),
    demand(`${what}: writes that failed`, refused.length, 'writes', 0),
    unless(acknowledged.length > 0 && sources.store > 0, 'nothing was read or written while Redis was away'),
    show(`${what}: from its return until all gateways served hits`, seconds(back), 's'),
    await always(what, traffic),
  );
};

/** Reads need no queue; a write is refused, or late, and never lost. */
export const withoutKafka = async (cluster: CachedCluster, scale: Pick<OutagesScale, 'seconds'>): Promise<Outcome> => {
  const what = 'Kafka away';
  const traffic = new Traffic(cluster, KEYS);
  const { reads, sources, back } = await trafficWithout(cluster, traffic, 'broker', scale.seconds);
  const refused = traffic.writes.flatMap((write) => (write.refused === undefined ? [] : [write.refused]));
  const inDoubt = traffic.writes.filter((write) => write.inDoubt);
  const unexpected = traffic.writes.flatMap(({ refused: text, inDoubt: doubt }) =>
    text === undefined || doubt || /^50[34] /.test(text) ? [] : [text],
  );
  const outcome = join(
    show(`${what} for`, scale.seconds, 's'),
    show(`${what}: reads meanwhile`, reads, 'reads'),
    fromTheStore(what, sources),
    show(`${what}: writes refused (503), known not to be taken or safe to repeat`, refused.length, 'writes'),
    show(`${what}: writes answered 504 and completed`, traffic.writes.filter(({ late }) => late).length, 'writes'),
    show(`${what}: writes answered 504 whose end nobody can tell`, inDoubt.length, 'writes'),
    demand(`${what}: writes that failed in another way`, unexpected.length, 'writes', 0),
    unless(sources.store > 0, 'nothing was read while Kafka was away'),
    show(`${what}: from its return until all gateways served hits and writes went through`, seconds(back), 's'),
    await always(what, traffic),
  );
  return { ...outcome, problems: [...outcome.problems, ...unexpected.slice(0, 4)] };
};

/** Gateways restarted or stopped and servers away: nobody reads what is wrong, and writers wait for a lease at most. */
export const outagesProperty = async (scale: OutagesScale): Promise<Outcome> => {
  const cluster = await CachedCluster.open({ cache: {} });
  try {
    const outcomes: Outcome[] = [];
    for (const part of [rollingRestart, pausedGateway, withoutRedis, withoutKafka]) {
      outcomes.push(await part(cluster, scale));
      say(`${part.name}: done`);
    }
    return join(...outcomes);
  } finally {
    await cluster.close();
  }
};
