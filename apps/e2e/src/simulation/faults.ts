import type { Host } from './host.js';
import type { World } from './world.js';

/** Faults begin and end within this time. */
export const FAULTS_FROM_MS = 1_500;
export const FAULTS_UNTIL_MS = 18_000;

const MAX_FAULT_MS = 6_000;

interface Fault {
  readonly name: string;
  readonly happen: (world: World, duration: number) => void;
}

const anyHost = (world: World): Host => world.random.pick(world.hosts);

/** The group notices, or not, and gives the work to the other one while the first may live on. */
const maybeReassign = (world: World, delay: number): void => {
  const { random, schedule } = world;
  schedule.after(delay, () => {
    for (const queue of world.queues)
      if (random.chance(0.5)) world.assignWorker(queue, random.index(2), random.chance(0.5));
    if (random.chance(0.5)) world.assignCoordinator(random.index(2));
  });
};

/**
 * Fences are higher from now on; readers must not trust what they knew before. Only once every write has ended and is
 * committed: what is delivered again would have another fence than before.
 */
const raiseGeneration: Fault['happen'] = (world) => {
  if (world.schedule.now > FAULTS_UNTIL_MS) return;
  if (world.unfinished > 0) return world.schedule.after(20, () => raiseGeneration(world, 0));
  world.queues.forEach((queue) => queue.finishAll());
  world.generation += 1;
  for (const index of world.workers.keys()) {
    world.startWorker(index);
    for (const queue of world.queues) if (queue.assigned === index) world.assignWorker(queue, index, false);
  }
};

const pause =
  (hosts: (world: World) => readonly Host[]): Fault['happen'] =>
  (world, duration) => {
    world.random.pick(hosts(world)).pause(duration);
    maybeReassign(world, duration / 2);
  };

const cutLog = (world: World, host: Host, duration: number): void => {
  host.log.cut = true;
  world.schedule.after(duration, () => {
    host.log.cut = false;
    world.context.log.wake();
  });
};

const hostsOf =
  (role: 'gateways' | 'workers' | 'coordinators') =>
  (world: World): Host[] =>
    world[role].map(({ host }) => host);

const restartWorker: Fault['happen'] = (world, duration) => {
  const index = world.random.index(world.workers.length);
  world.workers[index]?.host.kill();
  world.schedule.after(duration / 4, () => world.startWorker(index));
  world.schedule.after(duration / 3, () => {
    for (const queue of world.queues) {
      if (queue.assigned === index) world.assignWorker(queue, world.random.index(2), false);
    }
  });
};

/** It is back after a while, and the group gives its shard to one of the two. */
const killCoordinator = (world: World, index: number, duration: number): void => {
  world.coordinators[index]?.host.kill();
  world.schedule.after(duration / 4, () => world.startCoordinator(index));
  world.schedule.after(duration / 3, () => {
    if (world.inCharge === index) world.assignCoordinator(world.random.index(2));
  });
};

/** A coordinator leaves in peace; another one takes over, and the first may live on a while. */
const handOver: Fault['happen'] = (world, duration) => {
  const leaving = world.inCharge;
  const before = world.coordinators[leaving];
  before?.host.after(0, () => before.leave());
  world.schedule.after(world.random.between(1, 40), () => world.assignCoordinator(1 - leaving));
  if (world.random.chance(0.5)) world.schedule.after(duration / 2, () => killCoordinator(world, leaving, duration / 2));
};

const leaveGateway: Fault['happen'] = (world, duration) => {
  const index = world.random.index(world.gateways.length);
  const gateway = world.gateways[index];
  gateway?.host.after(0, () => gateway.leave());
  world.schedule.after(duration / 10, () => world.startGateway(index));
};

/** Everything that can go wrong, but what goes wrong now and then all the time: see `Background`. */
export const FAULTS: readonly Fault[] = [
  { name: 'pause a gateway', happen: pause(hostsOf('gateways')) },
  { name: 'pause a worker', happen: pause(hostsOf('workers')) },
  { name: 'pause a coordinator', happen: pause(hostsOf('coordinators')) },
  {
    name: 'cut a gateway from the log',
    happen: (world, duration) => cutLog(world, world.random.pick(hostsOf('gateways')(world)), duration),
  },
  {
    name: 'cut anybody from the log',
    happen: (world, duration) => {
      cutLog(world, anyHost(world), duration);
      maybeReassign(world, duration / 2);
    },
  },
  {
    name: 'cut anybody from Redis',
    happen: (world, duration) => {
      const { redis } = anyHost(world);
      redis.cut = true;
      world.schedule.after(duration, () => (redis.cut = false));
    },
  },
  {
    name: 'slow a link',
    happen: (world, duration) => {
      const host = anyHost(world);
      const link = world.random.pick([host.log, host.redis]);
      link.slow = world.random.between(20, 400);
      world.schedule.after(duration, () => (link.slow = 0));
    },
  },
  { name: 'kill a gateway', happen: (world) => world.startGateway(world.random.index(world.gateways.length)) },
  { name: 'kill a worker', happen: restartWorker },
  { name: 'kill a coordinator', happen: (world, duration) => killCoordinator(world, world.random.index(2), duration) },
  {
    name: 'two workers',
    happen: (world) => world.queues.forEach((queue) => world.assignWorker(queue, 1 - queue.assigned, false)),
  },
  { name: 'two coordinators', happen: (world) => world.assignCoordinator(1 - world.inCharge) },
  { name: 'a gateway leaves', happen: leaveGateway },
  { name: 'a coordinator hands over', happen: handOver },
  {
    name: 'Redis down',
    happen: (world, duration) => {
      const set = (down: boolean): void => world.sharedCaches.forEach((cache) => (cache.down = down));
      set(true);
      world.schedule.after(duration, () => set(false));
    },
  },
  { name: 'Redis flushed', happen: (world) => world.sharedCaches.forEach((cache) => cache.flush()) },
  {
    name: 'Redis rolled back',
    happen: (world, duration) => {
      world.context.redis.save();
      world.schedule.after(duration, () => world.context.redis.rollBack());
    },
  },
  {
    name: 'old entries in Redis',
    happen: (world) => {
      for (let count = 0; count < 8; count += 1) {
        world.schedule.after(world.random.between(0, MAX_FAULT_MS), () =>
          world.sharedCaches.forEach((cache) => cache.resurrect()),
        );
      }
    },
  },
  { name: 'a new generation', happen: raiseGeneration },
  { name: 'a change behind the back, and a cache drop', happen: (world) => world.changeAndDrop() },
];

/** Faults that may meet any message or call. */
const BACKGROUND: readonly { readonly name: string; readonly set: (world: World, on: boolean) => void }[] = [
  {
    name: 'records lost, repeated and late',
    set: ({ context: { log } }, on) =>
      Object.assign(log.faults, { lost: on ? 0.03 : 0, repeated: on ? 0.03 : 0, late: on ? 0.03 : 0 }),
  },
  {
    name: 'heartbeats lost, repeated and late',
    set: ({ context: { redis } }, on) =>
      Object.assign(redis.faults, { lost: on ? 0.05 : 0, repeated: on ? 0.1 : 0, late: on ? 0.1 : 0 }),
  },
  {
    name: 'calls to the store that fail',
    set: ({ context: { store } }, on) =>
      Object.assign(store.faults, {
        ...{ unknown: on ? 0.06 : 0, throttled: on ? 0.05 : 0, denied: on ? 0.03 : 0, hangs: on ? 0.01 : 0 },
      }),
  },
];

/**
 * Lets faults happen to a world from `FAULTS_FROM_MS` to `FAULTS_UNTIL_MS`: each kind at least once, or else each with a
 * chance of one half, the message faults too. Answers their names.
 */
export const planFaults = (world: World, every: boolean): string[] => {
  const { random, schedule } = world;
  const chosen = <T>(kinds: readonly T[]): T[] => kinds.filter(() => every || random.chance(0.5));
  const background = chosen(BACKGROUND);
  const faults = chosen(FAULTS);
  for (const { set } of background) {
    set(world, true);
    schedule.at(FAULTS_UNTIL_MS, () => set(world, false));
  }
  for (const { happen } of faults) {
    for (let times = 1 + random.index(2); times > 0; times -= 1) {
      const at = random.between(FAULTS_FROM_MS, FAULTS_UNTIL_MS - 500);
      const duration = random.between(100, Math.min(MAX_FAULT_MS, FAULTS_UNTIL_MS - at));
      schedule.at(at, () => happen(world, duration));
    }
  }
  return [...background, ...faults].map(({ name }) => name);
};
