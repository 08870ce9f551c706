import { Authority, type LogEntry, type Rules } from '@coffer/coherence';
import type { Operation } from '@coffer/coherence/history';
import { MAX_SKEW_MS, SeededRandom, SharedStore, SIMULATED_TIMING } from '@coffer/coherence/simulation';
import { micros, type Context } from './context.js';
import { CoordinatorProcess } from './coordinator-process.js';
import { GatewayProcess, type Answer } from './gateway-process.js';
import { CLOCK_ERROR, Host } from './host.js';
import { MutationQueue, type Change, type Queued } from './mutation-queue.js';
import { Schedule } from './schedule.js';
import { SharedLog } from './shared-log.js';
import { SharedRedis } from './shared-redis.js';
import { WorkerProcess, type StoreFaults } from './worker-process.js';

/** Never written through Coffer: changed behind Coffer's back only. */
export const DROPPED_KEY = 'main/company/dropped';

interface OpenWrite {
  readonly mutation: Queued;
  readonly start: number;
  readonly gateway: string;
  readonly ended?: (outcome: 'ok' | 'fail') => void;
}

export interface WorldOptions {
  readonly seed: number;
  readonly rules: Rules;
  /** Clocks err, by less than ε over T between any two. */
  readonly clockErrors: boolean;
  /** The store's writes are conditional on the fence: rule 12. */
  readonly conditional: boolean;
}

const GATEWAYS = 3;
const PARTITIONS = 2;

/** A whole simulated Coffer: three gateways, two workers, two coordinators, and what they share. */
export class World {
  readonly schedule = new Schedule();
  readonly random: SeededRandom;
  readonly history: Operation[] = [];
  readonly storeFaults: StoreFaults = { unknown: 0, throttled: 0, denied: 0 };
  readonly queues = Array.from({ length: PARTITIONS }, (_, partition) => new MutationQueue(partition));
  readonly gateways: GatewayProcess[] = [];
  readonly workers: WorkerProcess[] = [];
  readonly coordinators: CoordinatorProcess[] = [];
  readonly context: Context;
  /** Index of the coordinator that the group says is in charge. */
  inCharge = 0;
  readonly #open = new Map<string, OpenWrite>();
  readonly #authority: Authority;
  /** Keys changed behind Coffer's back and not yet dropped from the caches: reads of them promise nothing. */
  readonly #muted = new Set<string>();
  readonly #aborted = new Set<string>();
  #lives = 0;

  constructor(private readonly options: WorldOptions) {
    const { seed, rules } = options;
    const { schedule } = this;
    const random = (this.random = new SeededRandom(seed));
    const timing = SIMULATED_TIMING;
    this.#authority = new Authority(rules);
    this.context = {
      schedule,
      random,
      rules,
      timing,
      log: new SharedLog(schedule, random, timing.windowMs, (entry) => this.#landed(entry)),
      redis: new SharedRedis(schedule, random),
      store: new SharedStore(options.conditional),
      record: (operation) => this.history.push(operation),
    };
    for (let index = 0; index < 2; index += 1) {
      this.startCoordinator(index);
      this.startWorker(index);
    }
    for (let index = 0; index < GATEWAYS; index += 1) this.startGateway(index);
    this.assignCoordinator(0);
    for (const queue of this.queues) this.assignWorker(queue, 0, false);
  }

  /** Writes that have not ended. */
  get unfinished(): number {
    return this.#open.size;
  }

  get hosts(): Host[] {
    return [...this.gateways, ...this.workers, ...this.coordinators].map(({ host }) => host);
  }

  /** Keys that a gateway holds blocked, though every write of them was committed. */
  stuck(): string[] {
    const keys = new Set(this.queues.flatMap(({ mutations }) => mutations.map(({ path }) => path)));
    return this.gateways.flatMap(({ host, reader }) =>
      [...keys].filter((key) => !this.#aborted.has(key) && reader.blocked(key)).map((key) => `${host.name}: ${key}`),
    );
  }

  startGateway(index: number): void {
    this.gateways[index]?.host.kill();
    this.gateways[index] = new GatewayProcess(this.context, this.#host(`gateway-${index}`));
  }

  startWorker(index: number): void {
    this.workers[index]?.host.kill();
    const host = this.#host(`worker-${index}`);
    this.workers[index] = new WorkerProcess(this.context, host, index, this.queues, this.storeFaults);
  }

  startCoordinator(index: number): void {
    this.coordinators[index]?.host.kill();
    this.coordinators[index] = new CoordinatorProcess(
      this.context,
      this.#host(`coordinator-${index}`),
      () => this.inCharge === index,
    );
  }

  /** `notified`: whether the worker that had it learns so from the group, not from the log alone. */
  assignWorker(queue: MutationQueue, index: number, notified: boolean): void {
    const before = this.workers[queue.assigned];
    if (notified && queue.assigned !== index) before?.host.after(1, () => before.revoked(queue));
    queue.assigned = index;
    const worker = this.workers[index];
    worker?.host.after(this.random.between(5, 50), () => worker.assigned(queue));
  }

  assignCoordinator(index: number): void {
    this.inCharge = index;
    const coordinator = this.coordinators[index];
    coordinator?.host.after(this.random.between(5, 50), () => {
      if (this.inCharge === index) coordinator.assigned();
    });
  }

  read(gateway: GatewayProcess, key: string, then?: (answer: Answer) => void): void {
    const { schedule } = this;
    const start = schedule.now;
    const muted = this.#muted.has(key);
    gateway.read(key, (answer) => {
      const { version, cache } = answer;
      if (!muted && !this.#muted.has(key)) {
        const [from, to] = [micros(start), micros(schedule.now)];
        const instance = gateway.host.name;
        this.history.push({ op: 'read', key, version, start: from, end: to, instance, outcome: 'ok', cache });
      }
      then?.(answer);
    });
  }

  write(key: string, kind: Change, gateway: string, ended?: OpenWrite['ended']): void {
    const queue = this.#queueOf(key);
    const mutation = queue.push(key, kind);
    const { operation } = mutation;
    this.#open.set(operation, { mutation, start: this.schedule.now, gateway, ...(ended && { ended }) });
    const worker = this.workers[queue.assigned];
    this.schedule.after(this.random.between(0.3, 3), () => {
      worker?.host.after(this.random.between(0.3, 3), () => worker.deliver(queue, mutation));
    });
  }

  /** A change behind Coffer's back, then the cache drop that makes it seen everywhere. */
  changeAndDrop(): void {
    const key = DROPPED_KEY;
    if (this.#muted.has(key)) return;
    this.#muted.add(key);
    const start = this.schedule.now;
    const version = this.context.store.change(key);
    this.write(key, 'drop', 'operator', () => {
      this.#muted.delete(key);
      const [from, to] = [micros(start), micros(this.schedule.now)];
      this.history.push({ op: 'write', key, version, start: from, end: to, instance: 'operator', outcome: 'ok' });
    });
  }

  /** What has not ended by now may have taken effect. */
  close(): void {
    for (const { mutation, start, gateway } of this.#open.values())
      this.#recordWrite(mutation, start, gateway, 'unknown');
  }

  /** A write is answered the moment its end lands: no gateway could be faster. */
  #landed(entry: LogEntry): void {
    const { record } = entry;
    if (!this.#authority.admit(entry) || (record.type !== 'COMMIT' && record.type !== 'ABORT')) return;
    const open = this.#open.get(record.operation);
    if (open === undefined) return;
    this.#open.delete(record.operation);
    const outcome = record.type === 'COMMIT' ? 'ok' : 'fail';
    if (outcome === 'fail') this.#aborted.add(record.path);
    this.#recordWrite(open.mutation, open.start, open.gateway, outcome);
    open.ended?.(outcome);
  }

  #recordWrite(mutation: Queued, start: number, instance: string, outcome: Operation['outcome']): void {
    const { kind, path: key, version } = mutation;
    if (kind === 'drop') return;
    const [from, to] = [micros(start), micros(this.schedule.now)];
    this.history.push({ op: 'write', key, version, start: from, end: to, instance, outcome });
  }

  #queueOf(key: string): MutationQueue {
    const queue = this.queues[key.charCodeAt(key.length - 1) % PARTITIONS];
    if (queue === undefined) throw new Error('a key belongs to a partition');
    return queue;
  }

  #host(role: string): Host {
    const { clockErrors } = this.options;
    const error = clockErrors ? CLOCK_ERROR * this.random.pick([-1, 0, 1]) : 0;
    const skew = clockErrors ? this.random.between(0, MAX_SKEW_MS) : 0;
    return new Host(`${role}.${this.#lives++}`, this.schedule, 1 + error, skew);
  }
}
