import { property } from '../harness/property.js';
import { type Role, type Started, Cluster } from '../cluster/index.js';
import { repeatedReads } from '../workload/repeated-reads.js';
import { Traffic, type TrafficOptions, type Write } from '../workload/traffic.js';
import { until } from '../harness/index.js';
import { aimAtMost, assertEqual, combine, details, printError, show, type Outcome } from '../harness/outcome.js';

interface ChaosOptions extends TrafficOptions {
  /** Whose processes are killed and paused. */
  readonly role: Exclude<Role, 'gateway'>;
  readonly mutations: number;
  readonly kills: number;
  /** SIGSTOP until another process has taken over, then SIGCONT. */
  readonly pauses: number;
}

/** Longer than a session of the group (6 s). */
const PAST_SESSION_MS = 8_000;
/** Writes sent this long after a fault still count as held up by it. */
const AFTERMATH_MS = 10_000;
/** The longest that a killed process may hold up a write, in seconds. */
const MAX_GAP_S = 10;
const WRITES_TIMEOUT_MS = 180_000;

interface Fault {
  readonly kind: 'kill' | 'pause';
  readonly at: number;
}

/** How long the writes that a fault met, or that came soon after it, waited from the fault on. */
const gapAfter = ({ at }: Fault, next: number, writes: readonly Write[]): number =>
  Math.max(
    0,
    ...writes.flatMap(({ sent, applied }) =>
      applied !== undefined && applied > at && sent < Math.min(at + AFTERMATH_MS, next)
        ? [applied - Math.max(sent, at)]
        : [],
    ),
  );

class Run {
  readonly traffic: Traffic;
  readonly faults: Fault[] = [];
  #done = false;

  constructor(
    private readonly cluster: Cluster,
    private readonly options: ChaosOptions,
  ) {
    this.traffic = new Traffic(cluster, options);
  }

  async all(): Promise<void> {
    const { mutations } = this.options;
    const writing = this.traffic.run(() => this.#done && this.traffic.writes.length >= mutations);
    const injecting = this.#injectAll().finally(() => (this.#done = true));
    await Promise.all([writing, injecting]);
  }

  async #injectAll(): Promise<void> {
    const { mutations, kills, pauses } = this.options;
    const all = kills + pauses;
    for (let number = 1; number <= all; number += 1) {
      const enough = (mutations * number) / (all + 1);
      await until('enough writes are acknowledged', () => this.traffic.acknowledged >= enough, WRITES_TIMEOUT_MS);
      // The pauses lie between the kills.
      const pause = Math.floor((number * pauses) / all) > Math.floor(((number - 1) * pauses) / all);
      const target = this.#target(number);
      const at = performance.now();
      this.faults.push({ kind: pause ? 'pause' : 'kill', at });
      await (pause ? this.#pause(target, at) : this.#kill(target));
      await this.traffic.settled();
      printError(`${number} of ${all}: ${this.traffic.acknowledged} acknowledged`);
    }
  }

  #target(number: number): Started {
    const alive = this.cluster.of(this.options.role);
    const target = alive[number % alive.length];
    if (target === undefined) throw new Error('there is no process of that role');
    return target;
  }

  async #kill(target: Started): Promise<void> {
    await this.cluster.end(target);
    await this.cluster.start(target.role);
  }

  /** Its partitions or shards belong to another process when it wakes, with work under way that it thinks is its own. */
  async #pause(target: Started, at: number): Promise<void> {
    this.cluster.signal(target, 'SIGSTOP');
    try {
      await this.traffic.settled();
      await until('its session is over', () => performance.now() - at >= PAST_SESSION_MS);
    } finally {
      this.cluster.signal(target, 'SIGCONT');
    }
  }
}

const gaps = ({ faults, traffic }: Run, kind: Fault['kind']): number[] =>
  faults.flatMap((fault, index) =>
    fault.kind === kind ? [gapAfter(fault, faults[index + 1]?.at ?? Infinity, traffic.writes)] : [],
  );

/** In seconds. */
const longest = (all: readonly number[]): number => Number((Math.max(0, ...all) / 1_000).toFixed(2));
const each = (all: readonly number[]): string => all.map((gap) => (gap / 1_000).toFixed(1)).join(', ');

const outcomeOf = async (run: Run, cluster: Cluster, options: ChaosOptions): Promise<Outcome> => {
  const { role, kills, pauses, mutations, keys } = options;
  const wrong = await run.traffic.wrongKeys();
  const { writes, violations, failedReads, reads } = run.traffic;
  const refused = writes.flatMap(({ refused: said }) => (said === undefined || said.startsWith('503 ') ? [] : [said]));
  const count = (kind: Fault['kind']): number => run.faults.filter((fault) => fault.kind === kind).length;
  const deadLetters = cluster.output.match(/a mutation failed for good/g)?.length ?? 0;
  const killed = gaps(run, 'kill');
  return combine(
    show(`Mutations over ${keys} keys (at least ${mutations})`, writes.length, 'writes'),
    assertEqual(`kill -9 of a ${role}`, count('kill'), 'kills', kills),
    assertEqual(`SIGSTOP of a ${role} past its session, then SIGCONT`, count('pause'), 'pauses', pauses),
    assertEqual(`${role}: writes refused or lost`, refused.length, 'writes', 0),
    show(`${role}: writes answered that they were not taken (503)`, run.traffic.untaken, 'writes'),
    show(`${role}: writes answered 504 and found applied`, writes.filter(({ late }) => late).length, 'writes'),
    assertEqual(
      `${role}: keys whose last state is not that of the model, through either gateway`,
      wrong.length,
      'keys',
      0,
    ),
    assertEqual(`${role}: reads older than a write or a read before them (of ${reads})`, violations.length, 'reads', 0),
    repeatedReads([run.traffic], `${role}: `),
    assertEqual(`${role}: reads that failed`, failedReads.length, 'reads', 0),
    assertEqual(`${role}: dead letters`, deadLetters, 'letters', 0),
    aimAtMost(`${role}: longest write gap after a kill`, longest(killed), 's', MAX_GAP_S),
    show(`${role}: write gap after each kill`, each(killed), 's'),
    show(`${role}: write gap after each SIGSTOP`, each(gaps(run, 'pause')), 's'),
    details([...wrong, ...violations, ...refused, ...failedReads]),
  );
};

/**
 * Processes that are killed, or that wake after another one has taken over, lose no write, put none out of order and
 * overwrite nothing that is newer, as read through every gateway at any moment.
 */
const chaosProperty = async (cluster: Cluster, options: ChaosOptions): Promise<Outcome> => {
  const run = new Run(cluster, options);
  await run.all();
  return outcomeOf(run, cluster, options);
};

export default property({
  name: 'chaos',
  title: 'Workers and coordinators killed and paused',
  shows:
    'kill -9 and SIGSTOP of workers and of coordinators lose no write, put none out of order, overwrite nothing newer. The raw output names every fault.',
  servers: ['postgresql'],
  ownServers: ['kafka'],
  quick: { kills: 1, pauses: 1, mutations: 150, keys: 40, lanes: 8, readIntervalMs: 12 },
  full: { kills: 20, pauses: 3, mutations: 5_000, keys: 200, lanes: 16, readIntervalMs: 4 },
  run: (options) =>
    Cluster.use({}, async (cluster) =>
      combine(
        await chaosProperty(cluster, { ...options, role: 'secret-worker' }),
        await chaosProperty(cluster, { ...options, role: 'cache-invalidator' }),
      ),
    ),
});
