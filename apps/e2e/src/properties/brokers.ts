import { setTimeout as pause } from 'node:timers/promises';
import { BROKER_IDS, BrokerSet } from '../cluster/broker-set.js';
import { Cluster } from '../cluster/index.js';
import { until } from '../harness/index.js';
import { property } from '../harness/property.js';
import { aimAtMost, assertEqual, combine, details, printError, show, type Outcome } from '../harness/outcome.js';
import { repeatedReads } from '../workload/repeated-reads.js';
import { Traffic, type TrafficOptions } from '../workload/traffic.js';
import { longestGap } from '../workload/write-gap.js';

interface BrokersOptions extends TrafficOptions {
  /** Names of `FAULTS`, in the order in which they happen. */
  readonly fault: readonly string[];
  /** How long a broker is away, in seconds: past its session (1.5 s), so that another one leads. */
  readonly away: number;
  /** What is acknowledged so many seconds after a fault is over still counts as held up by it. */
  readonly aftermath: number;
  /** Writes after a fault until the next one begins. */
  readonly between: number;
}

/** For writes to end that were not answered in time: two brokers are away for half a minute, and what never reached them has no end. */
const END_TIMEOUT_MS = 45_000;
/** Until writes go through again; bounds a failure only. */
const RECOVERY_TIMEOUT_MS = 180_000;
/** The longest write gap that one lost broker may cause. */
const MAX_GAP_MS = 5_000;

type Away = () => Promise<void>;

interface BrokerFault {
  /** One broker of three is lost, and never more than one. */
  readonly one: boolean;
  /** `away` resolves when a lost broker may come back. */
  run(cluster: BrokerSet, away: Away, traffic: Traffic): Promise<void>;
}

const seconds = (milliseconds: number): number => Number((milliseconds / 1_000).toFixed(2));

/** Two of three are gone: nothing that is sent from then on may be acknowledged, and reads go on. */
const loseTwo = async (brokers: BrokerSet, away: Away, traffic: Traffic): Promise<void> => {
  await brokers.kill([1, 2], async () => {
    const killed = performance.now();
    const sent = () => traffic.writes.filter((write) => write.sent > killed);
    // Those that were under way count here: every writer may wait for one.
    const notTaken = () => traffic.writes.filter(({ refused, late }) => refused !== undefined || late).length;
    const before = notTaken();
    await until('writes are not taken', () => notTaken() > before, RECOVERY_TIMEOUT_MS);
    const { reads } = traffic;
    await away();
    await until('reads go on', () => traffic.reads > reads, RECOVERY_TIMEOUT_MS);
    if (sent().some(({ applied }) => applied !== undefined)) {
      throw new Error('a write was acknowledged by one broker of three');
    }
  });
};

const FAULTS: Readonly<Record<string, BrokerFault>> = {
  ...Object.fromEntries(
    BROKER_IDS.flatMap((id): [string, BrokerFault][] => [
      [`broker ${id} killed`, { one: true, run: (brokers, away) => brokers.kill([id], away) }],
      [`broker ${id} stopped and continued`, { one: true, run: (brokers, away) => brokers.freeze(id, away) }],
      [`broker ${id} cut off from the others`, { one: true, run: (brokers, away) => brokers.isolate(id, away) }],
    ]),
  ),
  'the controller killed': {
    one: true,
    run: async (brokers, away) => brokers.kill([await brokers.controller()], away),
  },
  'leaders moved': { one: true, run: (brokers) => brokers.moveLeaders() },
  'a rolling restart': {
    one: true,
    async run(brokers) {
      for (const id of BROKER_IDS) {
        await brokers.restart(id);
        await brokers.inStep();
      }
    },
  },
  'two brokers killed': { one: false, run: loseTwo },
};

const ALL_FAULTS: readonly string[] = Object.keys(FAULTS);

/** One of three brokers may be lost in any way: writes go on after some seconds, and nothing is lost or stale. */
const brokersProperty = async (brokers: BrokerSet, cluster: Cluster, options: BrokersOptions): Promise<Outcome> => {
  const traffic = new Traffic(cluster, { ...options, endTimeoutMs: END_TIMEOUT_MS });
  const processes = new Set(cluster.processes.map(({ pid }) => pid));
  const gaps: { readonly name: string; readonly one: boolean; readonly ms: number }[] = [];

  const more = async (): Promise<void> => {
    const { acknowledged } = traffic;
    const enough = acknowledged + options.between;
    await until('writes go through', () => traffic.acknowledged >= enough, RECOVERY_TIMEOUT_MS);
  };
  const injectAll = async (): Promise<void> => {
    await more();
    for (const name of options.fault) {
      const fault = FAULTS[name];
      if (fault === undefined) throw new Error(`there is no fault "${name}"; there are: ${ALL_FAULTS.join(', ')}`);
      const began = performance.now();
      await fault.run(brokers, () => pause(options.away * 1_000), traffic);
      const over = performance.now();
      await until('writes go through after it', () => traffic.acknowledgedSince(over) > 0, RECOVERY_TIMEOUT_MS);
      await pause(options.aftermath * 1_000);
      const ms = longestGap(traffic.acknowledgements(), began, performance.now());
      gaps.push({ name, one: fault.one, ms });
      printError(
        `${name}: longest write gap ${Math.round(ms)} ms, ${traffic.acknowledged} writes, ${traffic.reads} reads`,
      );
      await brokers.inStep();
      await more();
    }
  };

  let over = false;
  await Promise.all([traffic.run(() => over), injectAll().finally(() => (over = true))]);
  await cluster.writesGoThrough();
  const wrong = await traffic.wrongKeys();
  const gone = [...processes].filter((pid) => !cluster.processes.some((alive) => alive.pid === pid));
  const refused = traffic.writes.flatMap((write) => (write.refused === undefined ? [] : [write.refused]));
  const inDoubt = traffic.writes.filter((write) => write.inDoubt);
  const unexpected = traffic.unexpectedRefusals();
  const longest = Math.max(0, ...gaps.filter(({ one }) => one).map(({ ms }) => ms));
  // What a process says when it ends by itself.
  const said = gone.length === 0 ? [] : cluster.output.split('\n').filter((line) => line.includes('coffer: '));
  return combine(
    show(`Writes acknowledged, over ${options.keys} keys`, traffic.acknowledged, 'writes'),
    assertEqual('Faults', gaps.length, 'faults', options.fault.length),
    ...gaps.map(({ name, ms }) => show(`Longest write gap: ${name}`, (ms / 1_000).toFixed(2), 's')),
    aimAtMost('Longest write gap of any writer, one broker lost', seconds(longest), 's', MAX_GAP_MS / 1_000),
    show('Writes answered that Kafka is away (503)', refused.length, 'writes'),
    show('Writes answered 504 and found applied', traffic.writes.filter(({ late }) => late).length, 'writes'),
    show('Writes answered 504 whose end nobody can tell', inDoubt.length, 'writes'),
    assertEqual('Writes that failed in another way', unexpected.length, 'writes', 0),
    assertEqual('Keys that do not hold the last acknowledged write nor a later one', wrong.length, 'keys', 0),
    repeatedReads([traffic]),
    assertEqual(`Reads that failed (of ${traffic.reads})`, traffic.failedReads.length, 'reads', 0),
    assertEqual('Reads older than a write or a read before them', traffic.violations.length, 'reads', 0),
    assertEqual('Processes that ended', gone.length, 'processes', 0),
    details([...said, ...wrong, ...traffic.violations, ...unexpected, ...traffic.failedReads]),
  );
};

export default property({
  name: 'brokers',
  title: 'Brokers of three killed, stopped, cut off and restarted',
  shows:
    'One of three brokers may be lost in any way: no acknowledged write is lost, no read is stale, writes go on after some seconds. With two lost, writes are refused and reads go on.',
  servers: ['postgresql'],
  ownServers: ['kafka', 'redis'],
  quick: {
    fault: ['the controller killed', 'broker 3 cut off from the others', 'leaders moved', 'two brokers killed'],
    ...{ away: 4, aftermath: 1, between: 30 },
    ...{ keys: 40, lanes: 8, readIntervalMs: 12 },
  },
  full: {
    fault: ALL_FAULTS,
    ...{ away: 8, aftermath: 5, between: 100 },
    ...{ keys: 60, lanes: 12, readIntervalMs: 4 },
  },
  run: async (options) => {
    const brokers = await BrokerSet.open();
    return Cluster.use({ cache: {}, broker: brokers.server, replicas: BROKER_IDS.length }, (cluster) =>
      brokersProperty(brokers, cluster, options),
    );
  },
});
