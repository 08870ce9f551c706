import { setTimeout as pause } from 'node:timers/promises';
import type { Role } from '../../cluster/index.js';
import type { Link } from '../../cluster/link.js';
import type { Random } from '../../workload/random.js';
import { ROLES, type Place, type Stage } from './stage.js';

/** One kind of fault: begins, lasts and is over when it resolves. */
export interface Fault {
  readonly name: string;
  strike(stage: Stage, random: Random): Promise<void>;
}

/** In milliseconds: from within a lease (2 s) to past a session of the group (6 s). */
const lasting = (random: Random): number =>
  random.chance(0.4) ? random.between(1_000, 3_500) : random.between(3_500, 9_000);

const freeze = (role: Role): Fault => ({
  name: `SIGSTOP ${role}`,
  async strike(stage, random) {
    const { started } = random.pick(stage.of(role));
    if (started === undefined) return;
    stage.cluster.signal(started, 'SIGSTOP');
    try {
      await pause(lasting(random));
    } finally {
      stage.cluster.signal(started, 'SIGCONT');
    }
  },
});

const kill = (role: Role): Fault => ({
  name: `kill -9 ${role}`,
  async strike(stage, random) {
    const place = random.pick(stage.of(role));
    await stage.kill(place);
    await pause(random.between(0, 4_000));
    await stage.start(place);
  },
});

const killBroker: Fault = {
  name: 'kill -9 Kafka',
  strike: (stage, random) => stage.cluster.killBroker(() => pause(random.between(0, 5_000))),
};

type End = 'kafka' | 'redis';

/** Of one process mostly, sometimes of all that have a role, or of everybody. */
const victims = (stage: Stage, random: Random): readonly Place[] => {
  if (random.chance(0.6)) return [random.pick(stage.places)];
  return random.chance(0.7) ? stage.of(random.pick(ROLES)) : stage.places;
};

const hurtLinks = (name: string, end: End, hurt: (link: Link, random: Random) => void): Fault => ({
  name: `link to ${end} ${name}`,
  async strike(stage, random) {
    const places = victims(stage, random);
    const tell = (fault: string): void =>
      places.forEach((place) => stage.told(`${end} ${fault}`, place.role, place.started?.pid ?? 0));
    places.forEach((place) => hurt(place[end], random));
    tell(name);
    try {
      await pause(lasting(random));
    } finally {
      places.forEach((place) => place[end].set('flow'));
      tell('flows');
    }
  },
});

const links = (end: End): Fault[] => [
  hurtLinks('cut', end, (link) => link.set('cut')),
  hurtLinks('held', end, (link) => link.set('hold')),
  hurtLinks('slow', end, (link, random) => link.set('flow', random.between(20, 600))),
];

const flush: Fault = { name: 'FLUSHALL', strike: (stage) => stage.flush() };

const oldRedis: Fault = {
  name: 'Redis with old data',
  async strike(stage, random) {
    await stage.save();
    await pause(random.between(3_000, 15_000));
    await stage.replaceRedis(() => pause(random.between(0, 3_000)));
  },
};

/** What happens to processes, and what happens between them: one of each at a time, at the same time. */
export const FAULTS: readonly (readonly Fault[])[] = [
  [...ROLES.map(freeze), ...ROLES.map(kill), killBroker],
  [...links('kafka'), ...links('redis'), flush, oldRedis],
];
