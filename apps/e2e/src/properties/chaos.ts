import { property } from '../harness/property.js';
import { Traffic, type Role, type Started, TestCluster, type TrafficOptions, type Write } from '../cluster/index.js';
import { until } from '../harness/index.js';
import { demand, join, say, show, type Outcome } from '../measure/index.js';

interface ChaosOptions extends TrafficOptions {
  /** Whose processes are hurt. */
  readonly role: Exclude<Role, 'gateway'>;
  readonly mutations: number;
  readonly kills: number;
  /** SIGSTOP until another process has taken over, then SIGCONT. */
  readonly pauses: number;
}

/** Longer than a session of the group (6 s), in milliseconds. */
const PAST_SESSION = 8_000;
/** Writes sent this long after a fault still count as held up by it. Milliseconds. */
const AFTERMATH = 10_000;
const PATIENCE = 180_000;

interface Hurt {
  readonly kind: 'kill' | 'pause';
  readonly at: number;
}

/** How long the writes that a fault met, or that came soon after it, waited from the fault on. */
const gapAfter = ({ at }: Hurt, next: number, writes: readonly Write[]): number =>
  Math.max(
    0,
    ...writes.flatMap(({ sent, applied }) =>
      applied !== undefined && applied > at && sent < Math.min(at + AFTERMATH, next)
        ? [applied - Math.max(sent, at)]
        : [],
    ),
  );

class Run {
  readonly traffic: Traffic;
  readonly hurts: Hurt[] = [];
  #done = false;

  constructor(
    private readonly cluster: TestCluster,
    private readonly options: ChaosOptions,
  ) {
    this.traffic = new Traffic(cluster, options);
  }

  async all(): Promise<void> {
    const { mutations } = this.options;
    const writing = this.traffic.run(() => this.#done && this.traffic.writes.length >= mutations);
    const hurting = this.#hurtAll().finally(() => (this.#done = true));
    await Promise.all([writing, hurting]);
  }

  async #hurtAll(): Promise<void> {
    const { mutations, kills, pauses } = this.options;
    const all = kills + pauses;
    for (let number = 1; number <= all; number += 1) {
      const enough = (mutations * number) / (all + 1);
      await until('enough writes are acknowledged', () => this.traffic.acknowledged >= enough, PATIENCE);
      // The pauses lie between the kills.
      const pause = Math.floor((number * pauses) / all) > Math.floor(((number - 1) * pauses) / all);
      const victim = this.#victim(number);
      const at = performance.now();
      this.hurts.push({ kind: pause ? 'pause' : 'kill', at });
      await (pause ? this.#pause(victim, at) : this.#kill(victim));
      await this.traffic.settled();
      const { acknowledged, violations } = this.traffic;
      say(`${number} of ${all}: ${acknowledged} acknowledged, ${violations.length} violations`);
    }
  }

  #victim(number: number): Started {
    const alive = this.cluster.of(this.options.role);
    const victim = alive[number % alive.length];
    if (victim === undefined) throw new Error('there is nobody to hurt');
    return victim;
  }

  async #kill(victim: Started): Promise<void> {
    await this.cluster.kill(victim);
    await this.cluster.start(victim.role);
  }

  /** Its partitions or shards belong to another process when it wakes, with work under way that it thinks is its own. */
  async #pause(victim: Started, at: number): Promise<void> {
    this.cluster.signal(victim, 'SIGSTOP');
    try {
      await this.traffic.settled();
      await until('its session is over', () => performance.now() - at >= PAST_SESSION);
    } finally {
      this.cluster.signal(victim, 'SIGCONT');
    }
  }
}

const gaps = ({ hurts, traffic }: Run, kind: Hurt['kind']): number[] =>
  hurts.flatMap((hurt, index) =>
    hurt.kind === kind ? [gapAfter(hurt, hurts[index + 1]?.at ?? Infinity, traffic.writes)] : [],
  );

const longest = (all: readonly number[]): string => (Math.max(0, ...all) / 1_000).toFixed(2);
const each = (all: readonly number[]): string => all.map((gap) => (gap / 1_000).toFixed(1)).join(', ');

const outcomeOf = async (run: Run, cluster: TestCluster, options: ChaosOptions): Promise<Outcome> => {
  const { role, kills, pauses, mutations, keys } = options;
  const { writes, violations, failedReads, reads } = run.traffic;
  const wrong = await run.traffic.wrongKeys();
  const refused = writes.flatMap((write) => (write.refused === undefined ? [] : [write.refused]));
  const count = (kind: Hurt['kind']): number => run.hurts.filter((hurt) => hurt.kind === kind).length;
  const buried = cluster.output.match(/a mutation failed for good/g)?.length ?? 0;
  const killed = gaps(run, 'kill');
  const outcome = join(
    show(`Mutations over ${keys} keys (at least ${mutations})`, writes.length, 'writes'),
    demand(`kill -9 of a ${role}`, count('kill'), 'kills', kills),
    demand(`SIGSTOP of a ${role} past its session, then SIGCONT`, count('pause'), 'pauses', pauses),
    demand(`${role}: writes refused or lost`, refused.length, 'writes', 0),
    show(`${role}: writes answered 504 and found applied`, writes.filter(({ late }) => late).length, 'writes'),
    demand(`${role}: keys whose last state is not that of the model, through either gateway`, wrong.length, 'keys', 0),
    demand(`${role}: reads older than a write or a read before them (of ${reads})`, violations.length, 'reads', 0),
    demand(`${role}: reads that failed`, failedReads.length, 'reads', 0),
    demand(`${role}: dead letters`, buried, 'letters', 0),
    {
      figures: [{ figure: `${role}: longest write gap after a kill`, value: longest(killed), unit: 's', aim: '≤ 10' }],
      problems: [],
    },
    show(`${role}: write gap after each kill`, each(killed), 's'),
    show(`${role}: write gap after each SIGSTOP`, each(gaps(run, 'pause')), 's'),
  );
  return {
    ...outcome,
    problems: [...outcome.problems, ...[...wrong, ...violations, ...refused, ...failedReads].slice(0, 8)],
  };
};

/**
 * Processes that are killed, or that wake after another one has taken over, lose no write, put none out of order and
 * overwrite nothing that is newer, as read through every gateway at any moment.
 */
const chaosProperty = async (cluster: TestCluster, options: ChaosOptions): Promise<Outcome> => {
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
  quick: { kills: 2, pauses: 1, mutations: 300, keys: 40, lanes: 8 },
  full: { kills: 20, pauses: 3, mutations: 5_000, keys: 200, lanes: 16 },
  run: (options) =>
    TestCluster.use({ store: 'jdbc-postgresql' }, async (cluster) =>
      join(
        await chaosProperty(cluster, { ...options, role: 'secret-worker' }),
        await chaosProperty(cluster, { ...options, role: 'cache-invalidator' }),
      ),
    ),
});
