import { ALL_RULES, type Rules } from '@coffer/coherence';
import { checkHistory, type Operation, type Verdict } from '@coffer/coherence/history';
import { FAULTS_UNTIL_MS, planFaults } from './faults.js';
import { DROPPED_KEY, World } from './world.js';

/** A key, and the one that a resolve goes on to when it is absent. */
const INHERITED: readonly (readonly [string, string])[] = [
  ['main/company.team/a', 'main/company/a'],
  ['main/company.team/b', 'main/company/b'],
];
const KEYS: readonly string[] = INHERITED.flat();

/** Writes begin until faults have ended, reads until everything has settled. */
const SETTLED_MS = FAULTS_UNTIL_MS + 4_000;
const FINISH_TIMEOUT_MS = 60_000;

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
  /** Gateways and the keys that they hold blocked though every write has ended. */
  readonly stuck: readonly string[];
  readonly history: readonly Operation[];
}

const readersAndWriters = (world: World): void => {
  const { random, schedule } = world;
  const read = (): void => {
    const gateway = random.pick(world.gateways);
    if (gateway.host.alive && !gateway.host.paused) {
      const [key, parent] = random.pick(INHERITED);
      const kind = random.index(8);
      if (kind === 0) world.read(gateway, DROPPED_KEY);
      else if (kind < 4) world.read(gateway, parent);
      else world.read(gateway, key, ({ present }) => void (present || world.read(gateway, parent)));
    }
    if (schedule.now < SETTLED_MS) schedule.after(random.between(1, 24), read);
  };
  const write = (): void => {
    const kind = random.index(10);
    world.write(random.pick(KEYS), kind === 0 ? 'drop' : kind < 4 ? 'delete' : 'put', 'client');
    // Bursts to one key, and pauses in which entries grow old.
    const next = random.chance(0.5) ? random.between(5, 60) : random.between(100, 700);
    if (schedule.now < FAULTS_UNTIL_MS) schedule.after(next, write);
  };
  schedule.after(0, read);
  schedule.after(300, write);
};

/** One run. Odd seeds meet every kind of fault, even ones a choice. The same seed and rules give the same run. */
export const simulate = (seed: number, options: SimulationOptions = {}): SimulationResult => {
  const { rules = ALL_RULES, conditional = true } = options;
  const everyFault = seed % 2 === 1;
  const world = new World({ seed, rules, conditional, clockErrors: everyFault || seed % 4 === 0 });
  const faults = planFaults(world, everyFault);
  readersAndWriters(world);
  world.schedule.run(SETTLED_MS);
  world.schedule.run(FINISH_TIMEOUT_MS, () => world.unfinished === 0);
  world.schedule.run(world.schedule.now + 1_000);
  const unfinished = world.unfinished;
  world.close();
  const stuck = unfinished === 0 ? world.stuck() : [];
  return { seed, faults, everyFault, unfinished, stuck, history: world.history, ...checkHistory(world.history) };
};
