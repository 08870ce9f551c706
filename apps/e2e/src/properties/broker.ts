/** @named: suites of three brokers, and of caches without Kafka, kill one as well. */
import { property } from '../harness/property.js';
import { setTimeout as pause } from 'node:timers/promises';
import { Cluster } from '../cluster/index.js';
import { repeatedReads } from '../workload/repeated-reads.js';
import { Traffic, type TrafficOptions } from '../workload/traffic.js';
import { until } from '../harness/index.js';
import { assert, assertEqual, combine, details, printError, show, type Outcome } from '../harness/outcome.js';

interface BrokerOptions extends TrafficOptions {
  readonly writes: number;
  readonly kills: number;
}

const RECOVERY_TIMEOUT_MS = 180_000;
/** For writes to end that were not answered in time; what never reached the broker has no end. */
const END_TIMEOUT_MS = 30_000;
/** How long there is no broker, in milliseconds: some of what waits gives up, some does not. */
const OUTAGES = [500, 2_000, 5_000];

/** A broker that is killed and comes back costs time and no acknowledged write; reads do not need it. */
const brokerProperty = async (cluster: Cluster, options: BrokerOptions): Promise<Outcome> => {
  const { writes: wanted, kills } = options;
  const traffic = new Traffic(cluster, { ...options, endTimeoutMs: END_TIMEOUT_MS });
  const processes = new Set(cluster.processes.map(({ pid }) => pid));
  const outages: number[] = [];
  let readsMeanwhile = 0;
  const killAll = async (): Promise<void> => {
    for (let kill = 1; kill <= kills; kill += 1) {
      const enough = (wanted * kill) / (kills + 1);
      await until('enough writes are acknowledged', () => traffic.acknowledged >= enough, RECOVERY_TIMEOUT_MS);
      const began = performance.now();
      const before = traffic.reads;
      await cluster.without('broker', () => pause(OUTAGES[(kill - 1) % OUTAGES.length]));
      readsMeanwhile += traffic.reads - before;
      const { acknowledged } = traffic;
      await until('writes go through again', () => traffic.acknowledged > acknowledged, RECOVERY_TIMEOUT_MS);
      outages.push(performance.now() - began);
      printError(
        `${kill} of ${kills}: ${traffic.acknowledged} acknowledged, ${traffic.failedReads.length} failed reads`,
      );
    }
  };
  let over = false;
  await Promise.all([
    traffic.run(() => over && traffic.acknowledged >= wanted),
    killAll().finally(() => (over = true)),
  ]);
  await cluster.writesGoThrough();
  const wrong = await traffic.wrongKeys();
  const gone = [...processes].filter((pid) => !cluster.processes.some((alive) => alive.pid === pid));
  const refused = traffic.writes.flatMap((write) => (write.refused === undefined ? [] : [write.refused]));
  const unexpected = traffic.unexpectedRefusals();
  return combine(
    show(`Writes acknowledged (at least ${wanted})`, traffic.acknowledged, 'writes'),
    assertEqual('kill -9 and restart of the broker', cluster.faults.count('SIGKILL', 'broker'), 'kills', kills),
    show('Writes answered that Kafka is away (503)', refused.length, 'writes'),
    show('Writes answered 504 and found applied', traffic.writes.filter(({ late }) => late).length, 'writes'),
    assertEqual('Writes that failed in another way', unexpected.length, 'writes', 0),
    assertEqual('Keys that do not hold the last acknowledged write nor a later one', wrong.length, 'keys', 0),
    assertEqual(`Reads that failed (of ${traffic.reads})`, traffic.failedReads.length, 'reads', 0),
    repeatedReads([traffic]),
    show('Reads answered while there was no broker', readsMeanwhile, 'reads'),
    assertEqual('Reads older than a write or a read before them', traffic.violations.length, 'reads', 0),
    assertEqual('Processes that ended', gone.length, 'processes', 0),
    show('From each kill to the next acknowledged write', outages.map((ms) => (ms / 1_000).toFixed(1)).join(', '), 's'),
    assert(readsMeanwhile > 0, 'nobody read while there was no broker'),
    details([...wrong, ...traffic.violations, ...unexpected, ...traffic.failedReads]),
  );
};

export default property({
  name: 'broker',
  title: 'The broker killed and restarted',
  shows: 'Every acknowledged write survives kill -9 of the broker, and reads go on without it.',
  servers: ['postgresql'],
  ownServers: ['kafka'],
  quick: { writes: 150, kills: 1, keys: 40, lanes: 8 },
  full: { writes: 2_000, kills: 5, keys: 100, lanes: 12 },
  run: (options) => Cluster.use({}, (cluster) => brokerProperty(cluster, options)),
});
