import { fenceOf, type Fence } from '@coffer/secrets';
import { Applier } from './applier/applier.js';
import type { ApplierEffect, AttemptResult, Attempt } from './applier/events.js';
import { Authority } from './authority.js';
import { Coordinator } from './coordinator/coordinator.js';
import type { CoordinatorEffect } from './coordinator/events.js';
import type { LogEntry, LogRecord } from './log-record.js';
import { OperationTable } from './operation-table.js';
import { DEFAULT_TIMING, type Timing } from './timing.js';

const TIMING: Timing = DEFAULT_TIMING;
const KEYS = 4;
const MUTATIONS = 60;

/** mulberry32: a seed gives the same run everywhere. */
const generator = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

interface Process {
  readonly applier: Applier;
  readonly coordinator: Coordinator;
  position: number;
  /** Paused: reads and ticks nothing, but what it had sent still lands. */
  pausedUntil: number;
}

interface Landing {
  readonly at: number;
  readonly land: () => void;
}

/**
 * Two processes, each worker and coordinator of one partition, take over from each other while both live; appends are
 * lost, late and doubled; the store is cut before and after it wrote, and late writes land. Virtual time, one seed.
 */
class World {
  now = 0;
  readonly entries: LogEntry[] = [];
  readonly store = new Map<string, Fence>();
  readonly applied: { path: string; fence: Fence; between: boolean }[] = [];
  readonly table = new OperationTable(TIMING.windowMs);
  readonly finished = new Set<bigint>();
  /** What no run may show, in words. */
  readonly violations: string[] = [];
  /** The records that count, as a reader of the whole log sees it. */
  readonly valid: LogEntry[] = [];
  readonly #authority = new Authority();
  /** Which process made a claim. */
  readonly #claimants = new Map<string, Process>();
  readonly processes: Process[];
  readonly mutations: Attempt[];
  #landings: Landing[] = [];
  #owner = 0;
  #claims = 0;
  faults = true;

  constructor(readonly random: () => number) {
    const make = (): Process => ({
      applier: new Applier({ partition: 0, timing: TIMING }),
      coordinator: new Coordinator({ timing: TIMING, alone: false }),
      position: 0,
      pausedUntil: 0,
    });
    this.processes = [make(), make()];
    this.mutations = Array.from({ length: MUTATIONS }, (_, offset) => ({
      offset: BigInt(offset),
      fence: fenceOf(1, BigInt(offset)),
      path: `main/ns/${Math.floor(random() * KEYS)}`,
      operation: `operation ${offset}`,
      kind: 'put' as const,
      fingerprint: '',
      manager: 'default',
      ...(random() < 0.05 ? { poison: 'corrupt' as const } : {}),
    }));
  }

  chance(probability: number): boolean {
    return this.faults && this.random() < probability;
  }

  later(most: number, land: () => void): void {
    this.#landings.push({ at: this.now + this.random() * most, land });
  }

  /** The group hands the partition to a process: it delivers again whatever is not finished. */
  assign(index: number): void {
    const process = this.processes[index];
    if (process === undefined) return;
    this.#owner = index;
    const claim = `worker ${this.#claims++}`;
    this.#claimants.set(claim, process);
    this.take(process, process.applier.handle({ type: 'start', claim }, this.now));
    this.take(process, process.coordinator.handle({ type: 'start', claim: `coordinator ${this.#claims++}` }, this.now));
    for (const mutation of this.mutations) {
      if (this.finished.has(mutation.offset)) continue;
      this.take(process, process.applier.handle({ type: 'attempt', attempt: mutation }, this.now));
    }
  }

  append(record: LogRecord): void {
    const entry = { shard: 0, offset: BigInt(this.entries.length), timestamp: this.now, record };
    this.entries.push(entry);
    // A reader that queued every one of them.
    this.table.read(entry, () => true);
    if (this.#authority.admit(entry)) this.valid.push(entry);
  }

  /** Rule 11 and the order per key, as the log shows them: whoever asks the store must have these behind it. */
  mayApply(process: Process, { path, fence, offset, operation }: Attempt): void {
    const earlier = this.mutations.filter((other) => other.path === path && other.offset < offset);
    if (earlier.some((other) => typeof this.table.state(other.operation) !== 'object')) {
      this.violations.push(`${operation} before an earlier one of its path had ended`);
    }
    const own = new Set<bigint>();
    let epoch = -1n;
    let cleared = false;
    for (const { offset: at, record } of this.entries.slice(0, process.position)) {
      if (record.type === 'EPOCH') epoch = at;
      if (record.type === 'PREPARE' && record.fence === fence && this.ownerIs(process, record.owner)) own.add(at);
      if (record.type === 'CLEARED' && record.epoch === epoch && own.has(record.prepareOffset)) cleared = true;
    }
    if (!cleared) this.violations.push(`${operation} without a CLEARED of the present epoch of its own PREPARE`);
  }

  ownerIs(process: Process, owner: bigint): boolean {
    const record = this.entries[Number(owner)]?.record;
    return record?.type === 'OWNER' && this.#claimants.get(record.claim) === process;
  }

  take(process: Process, effects: readonly (ApplierEffect | CoordinatorEffect)[]): void {
    for (const effect of effects) {
      if (effect.type === 'append') {
        const { record } = effect;
        if (this.chance(0.08)) continue;
        this.later(this.chance(0.05) ? 4_000 : 5, () => this.append(record));
        if (this.chance(0.04)) this.later(6_000, () => this.append(record));
      }
      if (effect.type === 'finish') this.finished.add(effect.attempt.offset);
      if (effect.type === 'apply') this.apply(process, effect.attempt, effect.call);
      if (effect.type === 'dead-letter') {
        const { fence } = effect.attempt;
        this.later(20, () => this.take(process, process.applier.handle({ type: 'dead-lettered', fence }, this.now)));
      }
    }
  }

  apply(process: Process, mutation: Attempt, call: number): void {
    this.mayApply(process, mutation);
    const answer = (result: AttemptResult) => {
      const event = { type: 'result', fence: mutation.fence, call, result } as const;
      this.take(process, process.applier.handle(event, this.now));
    };
    const write = (): AttemptResult => {
      const held = this.store.get(mutation.path) ?? 0n;
      if (held > mutation.fence) return { kind: 'superseded' };
      if (held < mutation.fence) {
        this.store.set(mutation.path, mutation.fence);
        this.applied.push({ path: mutation.path, fence: mutation.fence, between: this.blocked(mutation) });
      }
      return { kind: 'applied', sealed: new Uint8Array() };
    };
    if (this.chance(0.1)) {
      this.later(TIMING.callTimeoutMs, write);
      this.later(TIMING.callTimeoutMs, () => answer({ kind: 'unknown' }));
    } else if (this.chance(0.1)) {
      this.later(10, () => answer({ kind: 'refused', code: 'throttled', retryable: true }));
    } else if (this.chance(0.1)) {
      this.later(10, () => answer({ kind: 'refused', code: 'denied', retryable: false }));
    } else {
      this.later(10, () => answer(write()));
    }
  }

  /** Whether the log says PREPARE for the fence, and neither COMMIT nor ABORT, where the store is changed. */
  blocked({ fence }: Attempt): boolean {
    const types = this.valid.flatMap(({ record }) =>
      'fence' in record && record.fence === fence ? [record.type] : [],
    );
    return types.includes('PREPARE') && !types.includes('COMMIT') && !types.includes('ABORT');
  }

  step(): void {
    this.now += 5;
    if (this.chance(0.002)) this.assign(1 - this.#owner);
    const due = this.#landings.filter(({ at }) => at <= this.now).sort((a, b) => a.at - b.at);
    this.#landings = this.#landings.filter(({ at }) => at > this.now);
    for (const { land } of due) land();
    for (const process of this.processes) {
      if (this.chance(0.001)) process.pausedUntil = this.now + this.random() * 6_000;
      if (this.now < process.pausedUntil) continue;
      const entry = this.entries[process.position];
      if (entry !== undefined && !this.chance(0.3)) {
        process.position += 1;
        this.take(process, process.applier.handle({ type: 'log', entry }, this.now));
        this.take(process, process.coordinator.handle({ type: 'log', entry }, this.now));
      }
      if (this.now % 50 === 0) {
        this.take(process, process.applier.handle({ type: 'tick' }, this.now));
        this.take(process, process.coordinator.handle({ type: 'tick' }, this.now));
      }
    }
  }

  run(): void {
    this.assign(0);
    while (this.now < 60_000) this.step();
    this.faults = false;
    const end = this.now + 600_000;
    while (this.finished.size < this.mutations.length && this.now < end) {
      if (!this.processes.some(({ applier, coordinator }) => applier.active && coordinator.active)) {
        if (this.now % 10_000 === 0) this.assign(this.#owner);
      }
      this.step();
    }
  }
}

const SEEDS = 60;

describe('the way of a write, in simulated time', () => {
  it(`loses nothing and changes the store in order, under faults, in ${SEEDS} seeds`, () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const world = new World(generator(seed));
      world.run();
      const about = `seed ${seed}`;
      expect([about, world.finished.size]).toEqual([about, MUTATIONS]);
      expect([about, world.violations]).toEqual([about, []]);
      const last = new Map<string, Fence>();
      for (const { operation, path, fence, poison } of world.mutations) {
        const end = world.table.state(operation);
        if (typeof end !== 'object') throw new Error(`${about}: ${operation} has not ended`);
        if (end.type === 'COMMIT') last.set(path, fence);
        const code = end.type === 'ABORT' ? end.code : undefined;
        expect([about, operation, code]).toEqual([about, operation, poison ?? (code === 'denied' ? code : undefined)]);
      }
      expect([about, [...world.store].sort()]).toEqual([about, [...last].sort()]);
      expect([about, world.applied.filter(({ between }) => !between)]).toEqual([about, []]);
    }
  });
});
