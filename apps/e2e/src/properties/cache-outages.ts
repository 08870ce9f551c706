import { Cluster, THREE_GATEWAYS } from '../cluster/index.js';
import { property } from '../harness/property.js';
import { assert, assertEqual, combine, details, printError, show, type Outcome } from '../harness/outcome.js';
import { pausedGateway } from './cache-outages/paused-gateway.js';
import { LEASES_OVER_MS, trafficWithout } from './cache-outages/reads-under.js';
import { rollingRestart } from './cache-outages/rolling-restart.js';
import { repeatedReads } from '../workload/repeated-reads.js';
import { Traffic } from '../workload/traffic.js';

interface OutagesScale {
  /** How long Redis, and then Kafka, is away, in seconds; more than `LEASES_OVER_MS`. */
  readonly seconds: number;
  /** How long a gateway is stopped, in seconds. */
  readonly stopped: number;
  /** Gateways that are ended in an orderly way, one after another. */
  readonly restarts: number;
  /** How long writes are measured before a gateway is ended or stopped, in seconds. */
  readonly calm: number;
}

const KEYS = { keys: 50, lanes: 6, readIntervalMs: 10 };

/** After Kafka's return, for writes that it has; those that never reached it are in doubt for good. */
const END_TIMEOUT_MS = 20_000;

const seconds = (milliseconds: number): number => Number((milliseconds / 1_000).toPrecision(3));

/** The outcome of a whole run, whatever was away. */
const always = async (what: string, traffic: Traffic): Promise<Outcome> => {
  const wrong = await traffic.wrongKeys();
  const outcome = combine(
    assertEqual(`${what}: reads that failed (of ${traffic.reads})`, traffic.failedReads.length, 'reads', 0),
    repeatedReads([traffic], `${what}: `),
    assertEqual(`${what}: reads older than a write or a read before them`, traffic.violations.length, 'reads', 0),
    assertEqual(`${what}: keys that do not hold the last acknowledged write nor a later one`, wrong.length, 'keys', 0),
  );
  return {
    ...outcome,
    problems: [...outcome.problems, ...traffic.violations, ...traffic.failedReads, ...wrong].slice(0, 12),
  };
};

const fromTheStore = (what: string, { l1, l2, store }: { l1: number; l2: number; store: number }): Outcome =>
  combine(
    show(`${what}: reads from the store, ${LEASES_OVER_MS / 1_000} s after it and later`, store, 'reads'),
    assertEqual(`${what}: reads from a cache, ${LEASES_OVER_MS / 1_000} s after it and later`, l1 + l2, 'reads', 0),
  );

/** No lease can be asked for, and nothing shared: everything is as right, and slower. */
const withoutRedis = async (cluster: Cluster, scale: Pick<OutagesScale, 'seconds'>): Promise<Outcome> => {
  const what = 'Redis away';
  const traffic = new Traffic(cluster, KEYS);
  const { reads, sources, writes, back } = await trafficWithout(cluster, traffic, 'redis', scale.seconds, (sent) =>
    sent.some(({ applied }) => applied !== undefined),
  );
  const refused = traffic.writes.filter((write) => write.refused !== undefined);
  const acknowledged = writes.filter(({ applied }) => applied !== undefined);
  const longest = Math.max(0, ...acknowledged.map(({ sent, applied = Infinity }) => applied - sent));
  return combine(
    show(`${what} for`, scale.seconds, 's'),
    show(`${what}: reads meanwhile`, reads, 'reads'),
    fromTheStore(what, sources),
    show(`${what}: writes acknowledged meanwhile`, acknowledged.length, 'writes'),
    show(`${what}: longest write meanwhile`, seconds(longest), 's'),
    assertEqual(`${what}: writes that failed`, refused.length, 'writes', 0),
    assert(acknowledged.length > 0 && sources.store > 0, 'nothing was read or written while Redis was away'),
    show(`${what}: from its return until all gateways served hits`, seconds(back), 's'),
    await always(what, traffic),
  );
};

/** Reads need no queue; a write is refused, or late, and never lost. */
const withoutKafka = async (cluster: Cluster, scale: Pick<OutagesScale, 'seconds'>): Promise<Outcome> => {
  const what = 'Kafka away';
  const traffic = new Traffic(cluster, { ...KEYS, endTimeoutMs: scale.seconds * 1_000 + END_TIMEOUT_MS });
  const { reads, sources, back } = await trafficWithout(cluster, traffic, 'broker', scale.seconds);
  const refused = traffic.writes.flatMap((write) => (write.refused === undefined ? [] : [write.refused]));
  const inDoubt = traffic.writes.filter((write) => write.inDoubt);
  const unexpected = traffic.unexpectedRefusals();
  return combine(
    show(`${what} for`, scale.seconds, 's'),
    show(`${what}: reads meanwhile`, reads, 'reads'),
    fromTheStore(what, sources),
    show(`${what}: writes refused (503), known not to be taken or safe to repeat`, refused.length, 'writes'),
    show(`${what}: writes answered 504 and completed`, traffic.writes.filter(({ late }) => late).length, 'writes'),
    show(`${what}: writes answered 504 whose end nobody can tell`, inDoubt.length, 'writes'),
    assertEqual(`${what}: writes that failed in another way`, unexpected.length, 'writes', 0),
    assert(sources.store > 0, 'nothing was read while Kafka was away'),
    show(`${what}: from its return until all gateways served hits and writes went through`, seconds(back), 's'),
    await always(what, traffic),
    details(unexpected, 4),
  );
};

export default property({
  name: 'cache-outages',
  title: 'Redis away, Kafka away, gateways restarted and stopped',
  shows:
    'Without Redis or Kafka reads go on, right, from the store; a gateway stopped with its leases holds up a write for T + 1 s at most, and serves nothing old when it goes on; one that is ended in an orderly way holds up none.',
  servers: ['postgresql'],
  ownServers: ['kafka', 'redis'],
  quick: { seconds: 4, stopped: 4, restarts: 1, calm: 1 },
  full: { seconds: 60, stopped: 8, restarts: 3, calm: 5 },
  help: `  --seconds N    how long Redis, and then Kafka, is away
  --stopped N    how long a gateway is stopped, in seconds
  --restarts N   gateways that are ended in an orderly way, one after another
  --calm N       how long writes are measured before a gateway is ended or stopped, in seconds`,
  run: (scale) =>
    Cluster.use({ counts: THREE_GATEWAYS, cache: {} }, async (cluster) => {
      const outcomes: Outcome[] = [];
      for (const part of [rollingRestart, pausedGateway, withoutRedis, withoutKafka]) {
        outcomes.push(await part(cluster, scale));
        printError(`${part.name}: done`);
      }
      return combine(...outcomes);
    }),
});
