import { ALL_RULES, type Rules } from '@coffer/coherence';
import { checkHistory, type Operation, type Verdict } from '@coffer/coherence/history';
import { SeededRandom } from '@coffer/coherence/simulation';
import { SecretPath } from '@coffer/secrets';
import { sharedParts } from './context.js';
import { FAULTS_UNTIL_MS, planFaults } from './faults.js';
import { inVirtualTime } from './virtual-timers.js';
import { DROPPED, World } from './world.js';

/** Read with their parents: a resolve goes on to `company` where `company.team` has no such key. */
const KEYS = ['a', 'b'];
const NAMESPACES = ['company.team', 'company'];

/** Writes begin until faults have ended, reads until everything has settled. */
const SETTLED_MS = FAULTS_UNTIL_MS + 4_000;
const FINISH_TIMEOUT_MS = 60_000;
/** How long workers may still take to answer deliveries of mutations that have ended. */
const ANSWER_TIMEOUT_MS = 30_000;
/** Readers have read everything after so long. */
const REST_MS = 1_000;

export interface SimulationOptions {
  readonly rules?: Rules;
  /** The store's writes are conditional on the fence. Default true. */
  readonly conditional?: boolean;
}

export interface SimulationResult extends Verdict {
  readonly seed: number;
  /** Names of the faults that happened. */
  readonly faults: readonly string[];
  /** Every kind of fault happened. */
  readonly everyFault: boolean;
  /** Writes that did not end though faults had. */
  readonly unfinished: number;
  /** Deliveries that a worker neither finished nor handed over though every write has ended. */
  readonly unanswered: number;
  /** Gateways and the keys that they do not cache though every write has ended. */
  readonly stuck: readonly string[];
  /** Keys whose revision did not grow with a put or a delete. */
  readonly miscounted: readonly string[];
  readonly history: readonly Operation[];
}

const readersAndWriters = (world: World): void => {
  const { random, schedule } = world;
  const pathOf = (namespace: string): SecretPath => SecretPath.of('main', namespace, random.pick(KEYS));
  const read = (): void => {
    const gateway = random.pick(world.gateways);
    if (gateway.host.alive && !gateway.host.paused) {
      const kind = random.index(8);
      const refresh = random.chance(0.03);
      if (kind === 0) void world.read(gateway, { path: DROPPED, inherit: false, refresh });
      else if (kind < 3) void world.read(gateway, { path: pathOf('company'), inherit: false, refresh });
      else void world.read(gateway, { path: pathOf('company.team'), inherit: true, refresh });
    }
    if (schedule.now < SETTLED_MS) schedule.after(random.between(1, 30), read);
  };
  const write = (): void => {
    const kind = random.index(10);
    world.write(pathOf(random.pick(NAMESPACES)), kind === 0 ? 'drop' : kind < 4 ? 'delete' : 'put', 'client');
    // Bursts to one key, and pauses in which entries grow old.
    const next = random.chance(0.4) ? random.between(5, 60) : random.between(200, 1_200);
    if (schedule.now < FAULTS_UNTIL_MS) schedule.after(next, write);
  };
  schedule.after(0, read);
  schedule.after(300, write);
};

/** One run. Odd seeds meet every kind of fault, even ones a choice. The same seed and rules give the same run. */
export const simulate = async (seed: number, options: SimulationOptions = {}): Promise<SimulationResult> => {
  const { rules = ALL_RULES, conditional = true } = options;
  const everyFault = seed % 2 === 1;
  const clockErrors = everyFault || seed % 4 === 0;
  const lags = seed % 8 === 4;
  const sharedCache = seed % 4 === 2 ? 'memory' : 'redis';
  const shared = await sharedParts();
  const random = new SeededRandom(seed);
  return inVirtualTime(random, async () => {
    const world = new World({ random, rules, conditional, clockErrors, sharedCache, lags }, shared);
    const faults = planFaults(world, everyFault);
    readersAndWriters(world);
    await world.schedule.run(SETTLED_MS);
    await world.schedule.run(FINISH_TIMEOUT_MS, () => world.unfinished === 0);
    await world.schedule.run(world.schedule.now + ANSWER_TIMEOUT_MS, () => world.unanswered === 0);
    await world.schedule.run(world.schedule.now + REST_MS);
    const { unfinished, unanswered } = world;
    const stuck = unfinished === 0 ? await world.stuck() : [];
    const history = world.history();
    shared.metrics.onScrape.clear();
    const miscounted = [...world.miscounted];
    return { seed, faults, everyFault, unfinished, unanswered, stuck, miscounted, history, ...checkHistory(history) };
  });
};
