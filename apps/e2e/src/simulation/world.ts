import { Authority, type CommitRecord, type LogEntry, type Rules } from '@coffer/coherence';
import type { Operation } from '@coffer/coherence/history';
import { MAX_SKEW_MS, SharedStore, SIMULATED_TIMING, type SeededRandom } from '@coffer/coherence/simulation';
import type { SharedCache } from '@coffer/cache';
import { SecretPath } from '@coffer/secrets';
import { micros, type Context, type Shared } from './context.js';
import { CoordinatorProcess } from './coordinator-process.js';
import { GatewayProcess, type ReadRequest } from './gateway-process.js';
import { CLOCK_ERROR, Host } from './host.js';
import { MemoryCacheServer } from './memory-cache.js';
import { MutationQueue, queueOf, type Change, type Queued } from './mutation-queue.js';
import { historyOf, type Observed } from './observations.js';
import { redisCacheOf } from './redis-client.js';
import { Schedule } from './schedule.js';
import { SharedLog } from './shared-log.js';
import { SimulatedRedis } from './simulated-redis.js';
import { LAG_MS, SimulatedStore } from './simulated-store.js';
import { WorkerProcess } from './worker-process.js';

/** Never written through Coffer: changed behind Coffer's back only. */
export const DROPPED = SecretPath.of('main', 'company', 'dropped');

interface OpenWrite {
  readonly mutation: Queued;
  readonly start: number;
  readonly gateway: string;
  readonly ended?: (outcome: 'ok' | 'fail') => void;
}

/** What faults of Redis happen to. */
type FaultyCache = Pick<MemoryCacheServer, 'down' | 'flush' | 'resurrect'>;

export interface WorldOptions {
  readonly random: SeededRandom;
  readonly rules: Rules;
  /** Clocks err, by less than ε over T between any two. */
  readonly clockErrors: boolean;
  /** Which of the shipped shared caches the gateways use. */
  readonly sharedCache: 'redis' | 'memory';
  /** The store's reads lag behind its writes. */
  readonly lags: boolean;
  /** The store's writes are conditional on the fence: rule 12. */
  readonly conditional: boolean;
}

const GATEWAYS = 3;
/** Within it a worker hears that the group counts it out. */
const SESSION_MS = 2_000;
/** A key that is read again and again is cached within it. */
const CACHED_WITHIN_MS = 10_000;
const TOPOLOGY = { partitions: 2, shards: 1 };

/** A whole simulated Coffer: three gateways, two workers, two coordinators, and what they share. */
export class World {
  readonly schedule = new Schedule();
  readonly queues: readonly MutationQueue[];
  readonly gateways: GatewayProcess[] = [];
  readonly workers: WorkerProcess[] = [];
  readonly coordinators: CoordinatorProcess[] = [];
  readonly context: Context;
  readonly sharedCaches: FaultyCache[] = [];
  /** Index of the coordinator that the group says is in charge. */
  inCharge = 0;
  /** Generation of the fences that workers give out; counts for a worker from its start. */
  generation = 1;
  readonly #observed: Observed[] = [];
  readonly #sharedCacheOf: (host: Host) => SharedCache;
  readonly #open = new Map<string, OpenWrite>();
  readonly #authority: Authority;
  /** Keys changed behind Coffer's back and not yet dropped from the caches: reads of them promise nothing. */
  readonly #muted = new Set<string>();
  readonly #aborted = new Set<string>();
  /** The revision of each key in its latest COMMIT. */
  readonly #revisions = new Map<string, number>();
  /** Keys of which a COMMIT has a revision that is not above that of an earlier one. */
  readonly miscounted = new Set<string>();
  #lives = 0;

  constructor(
    private readonly options: WorldOptions,
    { ring, sealer, metrics }: Shared,
  ) {
    const { random, rules } = options;
    const { schedule } = this;
    const timing = SIMULATED_TIMING;
    this.#authority = new Authority(rules);
    const redis = new SimulatedRedis(schedule, random);
    this.sharedCaches.push(redis);
    this.context = {
      ...{ schedule, random, rules, timing, redis, sealer, metrics, topology: TOPOLOGY },
      log: new SharedLog(schedule, random, timing.windowMs, (entry) => this.#landed(entry)),
      store: new SimulatedStore(schedule, random, new SharedStore(options.conditional), options.lags),
    };
    this.#sharedCacheOf = (host) => redisCacheOf(redis, host, ring);
    if (options.sharedCache === 'memory') {
      const memory = new MemoryCacheServer(schedule, random, new Host('cache', schedule, 0, 0));
      this.sharedCaches.push(memory);
      this.#sharedCacheOf = (host) => memory.of(host);
    }
    this.queues = Array.from({ length: TOPOLOGY.partitions }, (_, partition) => new MutationQueue(partition, sealer));
    for (let index = 0; index < 2; index += 1) {
      this.startCoordinator(index);
      this.startWorker(index);
    }
    for (let index = 0; index < GATEWAYS; index += 1) this.startGateway(index);
    this.assignCoordinator(0);
    for (const queue of this.queues) this.assignWorker(queue, 0, false);
  }

  get random(): SeededRandom {
    return this.options.random;
  }

  /** Writes that have not ended. */
  get unfinished(): number {
    return this.#open.size;
  }

  /** Deliveries that no worker has answered, though it lives. */
  get unanswered(): number {
    return this.workers.reduce((sum, { unanswered }) => sum + unanswered, 0);
  }

  get hosts(): Host[] {
    return [...this.gateways, ...this.workers, ...this.coordinators].map(({ host }) => host);
  }

  /** What clients saw, as a history; what has not ended by now may have taken effect. */
  history(): Operation[] {
    for (const { mutation, start, gateway } of this.#open.values())
      this.#recordWrite(mutation, start, gateway, 'unknown');
    this.#open.clear();
    // What a store whose reads lag answers may be as old as it lags, when the load began that a read joined.
    const lag = this.options.lags ? micros(LAG_MS + SIMULATED_TIMING.callTimeoutMs) : 0;
    return historyOf(this.#observed.map((operation) => ({ ...operation, end: operation.end + lag })));
  }

  startGateway(index: number): void {
    this.gateways[index]?.host.kill();
    const host = this.#host(`gateway-${index}`);
    this.gateways[index] = host.run(() => new GatewayProcess(this.context, host, this.#sharedCacheOf(host)));
  }

  startWorker(index: number): void {
    this.workers[index]?.host.kill();
    const host = this.#host(`worker-${index}`);
    this.workers[index] = host.run(() => new WorkerProcess(this.context, host, index, this.generation));
  }

  startCoordinator(index: number): void {
    this.coordinators[index]?.host.kill();
    const host = this.#host(`coordinator-${index}`);
    this.coordinators[index] = host.run(
      () => new CoordinatorProcess(this.context, host, this.#sharedCacheOf(host), () => this.inCharge === index),
    );
  }

  /** `notified`: whether the worker that had it learns so at once, or when its session with the group is over. */
  assignWorker(queue: MutationQueue, index: number, notified: boolean): void {
    const previous = queue.assigned;
    const before = this.workers[previous];
    queue.assigned = index;
    before?.host.after(notified ? 1 : this.random.between(100, SESSION_MS), () => {
      if (queue.assigned !== previous) before.revoked(queue);
    });
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

  /** Reads as a client of the gateway does, and answers where the answer came from; nothing where it is an error. */
  async read(gateway: GatewayProcess, request: ReadRequest): Promise<Operation['cache']> {
    const { schedule } = this;
    const start = schedule.now;
    const { path, inherit } = request;
    const parent = inherit ? SecretPath.of(path.tenant, parentOf(path.namespace), path.key) : undefined;
    const muted = this.#muted.has(path.toString());
    try {
      const answer = await gateway.host.run(() => gateway.read(request));
      if (muted || this.#muted.has(path.toString())) return undefined;
      const instance = gateway.host.name;
      const common = { op: 'read', start: micros(start), end: micros(schedule.now), instance, outcome: 'ok' } as const;
      const atOnce = start === schedule.now;
      const cache = answer === 'absent' ? (atOnce ? 'l1' : 'store') : answer.cacheStatus.source;
      for (const level of parent === undefined ? [path] : [path, parent]) {
        const found = answer !== 'absent' && answer.path.equals(level);
        const read = { ...common, key: level.toString(), cache };
        this.#observed.push(
          found ? { ...read, version: Number(answer.version) } : { ...read, version: 0, absent: true },
        );
        if (found) break;
      }
      return cache;
    } catch {
      return undefined;
    }
  }

  write(path: SecretPath, kind: Change, gateway: string, ended?: OpenWrite['ended']): void {
    const queue = queueOf(this.queues, TOPOLOGY, path);
    const mutation = queue.push(path, kind, this.schedule.now);
    this.#open.set(mutation.operation, { mutation, start: this.schedule.now, gateway, ...(ended && { ended }) });
    // A worker that the group has replaced may fetch on, until it hears of that.
    for (const worker of this.workers) worker.host.after(this.random.between(0.6, 6), () => worker.pump(queue));
  }

  /** A change behind Coffer's back, then the cache drop that makes it seen everywhere. */
  changeAndDrop(): void {
    const key = DROPPED.toString();
    if (this.#muted.has(key)) return;
    this.#muted.add(key);
    const start = this.schedule.now;
    const version = this.context.store.held.change(key);
    this.write(DROPPED, 'drop', 'operator', () => {
      this.#muted.delete(key);
      const [from, to] = [micros(start), micros(this.schedule.now)];
      this.#observed.push({ op: 'write', key, version, start: from, end: to, instance: 'operator', outcome: 'ok' });
    });
  }

  /**
   * Keys that a gateway does not cache, though every write has ended and nothing goes wrong any more: each is read until a
   * read asks the store nothing.
   */
  async stuck(): Promise<string[]> {
    const keys = new Set(this.queues.flatMap(({ mutations }) => mutations.map(({ path }) => path)));
    const found: string[] = [];
    for (const gateway of this.gateways.filter(({ forgets }) => !forgets)) {
      for (const key of [...keys].filter((each) => !this.#aborted.has(each))) {
        const request = { path: SecretPath.parse(key), inherit: false };
        const { store } = this.context;
        const until = this.schedule.now + CACHED_WITHIN_MS;
        let hit = false;
        const readOn = async (): Promise<void> => {
          while (!hit && this.schedule.now < until) {
            const before = store.reads;
            await this.read(gateway, request);
            hit = store.reads === before;
          }
        };
        void readOn();
        await this.schedule.run(until, () => hit);
        if (!hit) found.push(`${gateway.host.name}: ${key}`);
      }
    }
    return found;
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
    if (record.type === 'COMMIT' && record.outcome === 'applied' && record.kind !== 'drop') this.#count(record);
    open.ended?.(outcome);
  }

  #count({ path, operation, sealed }: CommitRecord): void {
    const { revision } = this.context.sealer.openOutcome(SecretPath.parse(path), operation, sealed);
    if (revision <= (this.#revisions.get(path) ?? 0)) this.miscounted.add(path);
    this.#revisions.set(path, revision);
  }

  #recordWrite(mutation: Queued, start: number, instance: string, outcome: Operation['outcome']): void {
    const { kind, path: key, version } = mutation;
    if (kind === 'drop') return;
    const [from, to] = [micros(start), micros(this.schedule.now)];
    const write = { op: 'write', key, version, start: from, end: to, instance, outcome } as const;
    this.#observed.push(kind === 'delete' ? { ...write, absent: true } : write);
  }

  #host(role: string): Host {
    const { clockErrors } = this.options;
    const error = clockErrors ? CLOCK_ERROR * this.random.pick([-1, 0, 1]) : 0;
    const skew = clockErrors ? this.random.between(0, MAX_SKEW_MS) : 0;
    return new Host(`${role}.${this.#lives++}`, this.schedule, error, skew);
  }
}

const parentOf = (namespace: string): string => namespace.slice(0, namespace.lastIndexOf('.'));
