import { randomUUID } from 'node:crypto';
import type { LogEntry } from '@coffer/coherence';
import type { Delivery } from '@coffer/messaging';
import type { BudgetReading } from '@coffer/observability';
import { ThrottledLogger } from '@coffer/service';
import { PartitionWorker } from './partition-worker.js';
import type { WorkerOptions } from './worker-options.js';
import type { WorkerStore } from './worker-stores.js';

/** How often waiting mutations are looked at: the grain of their backoff. */
const TICK_INTERVAL_MS = 50;
/** How often an open circuit breaker's store is asked whether it is back. */
const PROBE_INTERVAL_MS = 1_000;
/** How often it is looked what the log said too long ago, as a part of the window. */
const SWEEPS = 16;
/** How often the same is said that may happen any number of times. */
const LOG_INTERVAL_MS = 60_000;
/** How much later than the window it is forgotten where the log stands still, whose clock may be off. */
const CLOCK_SKEW_MS = 60_000;

/** All partitions of one worker process, owned or not: what is not owned is followed in the log. */
export class WorkerRuntime {
  readonly #partitions: readonly PartitionWorker[];
  readonly #open = new Set<WorkerStore>();
  #timers: NodeJS.Timeout[] = [];

  constructor(private readonly options: WorkerOptions) {
    const { topology } = options.messaging;
    options.metrics.watchBudget('worker-operations', () => this.memory);
    options.metrics.onScrape.add(() => this.#showPhases());
    // Names one life of this process.
    const processId = randomUUID();
    const throttled = new ThrottledLogger(options.logger, options.clock, LOG_INTERVAL_MS);
    this.#partitions = Array.from(
      { length: topology.partitions },
      (_, partition) => new PartitionWorker(partition, processId, { ...options, throttled }),
    );
    options.stores.onBreaker((store, open) => this.#breaker(store, open));
  }

  start(): void {
    this.#timers = [
      setInterval(() => this.#partitions.forEach((partition) => partition.tick()), TICK_INTERVAL_MS),
      setInterval(() => void this.#probe(), PROBE_INTERVAL_MS),
      setInterval(() => this.sweep(), this.options.timing.windowMs / SWEEPS).unref(),
    ];
  }

  stop(): void {
    this.#timers.forEach((timer) => clearInterval(timer));
  }

  /** Partitions that have stopped for good: see `fence-ahead`. */
  get halted(): readonly number[] {
    return this.#partitions.filter(({ halted }) => halted).map(({ partition }) => partition);
  }

  assigned(partition: number): void {
    this.#partitions[partition]?.assigned();
  }

  revoked(partition: number): void {
    this.#partitions[partition]?.revoked();
  }

  read(entry: LogEntry): void {
    for (const partition of this.#partitions) {
      if (partition.shard === entry.shard) partition.read(entry);
    }
  }

  async deliver(delivery: Delivery): Promise<void> {
    await this.#partitions[delivery.partition]?.deliver(delivery);
  }

  /** Forgets what is over also where the log stands still. */
  sweep(): void {
    const before = this.options.clock.wall() - this.options.timing.windowMs - CLOCK_SKEW_MS;
    for (const { memory } of this.#partitions) memory.forget(before);
  }

  /** What is remembered of operations. */
  get memory(): BudgetReading {
    const { operationsMaxBytes: limitBytes = Infinity } = this.options;
    const memories = this.#partitions.map(({ memory }) => memory);
    return {
      bytes: memories.reduce((sum, { bytes }) => sum + bytes, 0),
      evictions: memories.reduce((sum, { evictions }) => sum + evictions, 0),
      limitBytes,
    };
  }

  #showPhases(): void {
    const { mutations } = this.options.metrics;
    mutations.reset();
    for (const { phases } of this.#partitions) {
      for (const [phase, count] of Object.entries(phases)) mutations.inc({ phase }, count);
    }
  }

  #breaker(store: WorkerStore, open: boolean): void {
    if (open) this.#open.add(store);
    else this.#open.delete(store);
    for (const partition of this.#partitions) partition.breaker(store.name, open);
  }

  /** While a breaker is open no mutation is prepared, so somebody else has to find out that the store is back. */
  async #probe(): Promise<void> {
    const signal = new AbortController().signal;
    await Promise.allSettled(Array.from(this.#open, (store) => store.backend.check({ signal })));
  }
}
