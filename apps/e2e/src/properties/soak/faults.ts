import { setTimeout as pause } from 'node:timers/promises';
import type { FaultyProxy } from '@coffer/backend-conformance/faults';
import { ROLES, type Role } from '../../cluster/index.js';
import type { SeededRandom } from '@coffer/coherence/simulation';
import type { FaultTargets, Member } from './fault-targets.js';

/** One kind of fault: begins, lasts and is over when it resolves. */
export interface Fault {
  readonly name: string;
  inject(targets: FaultTargets, random: SeededRandom): Promise<void>;
}

/** In milliseconds: from within a lease (2 s) to past a session of the group (6 s). */
const lasting = (random: SeededRandom): number =>
  random.chance(0.4) ? random.integer(1_000, 3_500) : random.integer(3_500, 9_000);

const freeze = (role: Role): Fault => ({
  name: `SIGSTOP ${role}`,
  async inject(targets, random) {
    const { started } = random.pick(targets.of(role));
    if (started === undefined) return;
    targets.cluster.signal(started, 'SIGSTOP');
    try {
      await pause(lasting(random));
    } finally {
      targets.cluster.signal(started, 'SIGCONT');
    }
  },
});

const kill = (role: Role): Fault => ({
  name: `kill -9 ${role}`,
  async inject(targets, random) {
    const member = random.pick(targets.of(role));
    await targets.kill(member);
    await pause(random.integer(0, 4_000));
    await targets.start(member);
  },
});

const killBroker: Fault = {
  name: 'kill -9 Kafka',
  inject: (targets, random) => targets.cluster.without('broker', () => pause(random.integer(0, 5_000))),
};

type End = 'kafka' | 'redis';

/** The processes that a fault hits: mostly one, sometimes all that have a role, or everybody. */
const hit = (targets: FaultTargets, random: SeededRandom): readonly Member[] => {
  if (random.chance(0.6)) return [random.pick(targets.members)];
  return random.chance(0.7) ? targets.of(random.pick(ROLES)) : targets.members;
};

const onProxies = (name: string, end: End, set: (proxy: FaultyProxy, random: SeededRandom) => void): Fault => ({
  name: `link to ${end} ${name}`,
  async inject(targets, random) {
    const members = hit(targets, random);
    const record = (fault: string): void =>
      members.forEach(({ role, started }) => targets.recordFault(`${end} ${fault}`, role, started?.pid ?? 0));
    members.forEach((member) => set(member[end], random));
    record(name);
    try {
      await pause(lasting(random));
    } finally {
      members.forEach((member) => member[end].set('pass'));
      record('passes');
    }
  },
});

const links = (end: End): Fault[] => [
  onProxies('cut', end, (proxy) => proxy.set('reset')),
  onProxies('held', end, (proxy) => proxy.set('stall')),
  onProxies('slow', end, (proxy, random) => proxy.set('pass', random.integer(20, 600))),
];

const flush: Fault = { name: 'FLUSHALL', inject: (targets) => targets.flushRedis() };

const oldRedis: Fault = {
  name: 'Redis with old data',
  async inject(targets, random) {
    await targets.saveRedis();
    await pause(random.integer(3_000, 15_000));
    await targets.cluster.without('redis', () => pause(random.integer(0, 3_000)));
  },
};

/** What happens to processes, and what happens between them: one of each at a time, at the same time. */
export const FAULTS: readonly (readonly Fault[])[] = [
  [...ROLES.map(freeze), ...ROLES.map(kill), killBroker],
  [...links('kafka'), ...links('redis'), flush, oldRedis],
];
