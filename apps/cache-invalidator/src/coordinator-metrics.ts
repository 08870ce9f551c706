import type { Coordinator, Heartbeat, LogEntry, LogOffset, LogRecord } from '@coffer/coherence';
import type { Metrics } from '@coffer/observability';

/** A reader that was not heard for so long is not shown any more. */
const FORGET_READER_MS = 10_000;

/**
 * How long a PREPARE is remembered: longer than any reader's lease or the apply deadline can hold its
 * CLEARED up. One that comes later serves no write any more, and many never come.
 */
export const PREPARE_LIFE_MS = 30_000;
/** PREPAREs remembered at most, about 100 bytes each; the oldest ones are forgotten beyond that. */
export const MAX_PREPARES = 10_000;

interface Heard {
  readonly position: LogOffset;
  readonly at: number;
}

/** How long writes waited for readers, who holds leases, and how far behind the readers are. */
export class CoordinatorMetrics {
  readonly #prepares = new Map<string, number>();
  readonly #positions: LogOffset[];
  readonly #readers = new Map<string, Heard>();

  constructor(
    private readonly metrics: Metrics,
    private readonly shards: readonly Coordinator[],
    private readonly now: () => number,
  ) {
    this.#positions = shards.map(() => 0n);
    metrics.onScrape.add(() => this.#show());
  }

  /** PREPAREs whose CLEARED is awaited, for tests. */
  get prepares(): number {
    return this.#prepares.size;
  }

  heard({ shard, instance, position, leaving }: Heartbeat): void {
    const name = `${shard} ${instance}`;
    if (leaving) this.#readers.delete(name);
    else this.#readers.set(name, { position, at: this.now() });
  }

  read({ shard, offset, record }: LogEntry): void {
    this.#positions[shard] = offset + 1n;
    if (record.type === 'PREPARE') this.#prepared(shard, offset);
    if (record.type === 'CLEARED') this.#prepares.delete(`${shard} ${record.prepareOffset}`);
    if (record.type === 'EPOCH') this.#forgetShard(shard);
  }

  append(shard: number, record: LogRecord): void {
    if (record.type !== 'CLEARED') return;
    const read = this.#prepares.get(`${shard} ${record.prepareOffset}`);
    if (read !== undefined) this.metrics.writeWaited.observe((this.now() - read) / 1_000);
  }

  #prepared(shard: number, offset: LogOffset): void {
    const now = this.now();
    for (const [name, read] of this.#prepares) {
      if (now - read <= PREPARE_LIFE_MS && this.#prepares.size < MAX_PREPARES) break;
      this.#prepares.delete(name);
    }
    if (this.shards[shard]?.active) this.#prepares.set(`${shard} ${offset}`, now);
  }

  /** Another coordinator clears what was prepared; where it is this one again, those writes waited for the take-over too. */
  #forgetShard(shard: number): void {
    for (const name of this.#prepares.keys()) if (name.startsWith(`${shard} `)) this.#prepares.delete(name);
  }

  #show(): void {
    const behind = this.shards.map(() => 0);
    for (const [name, { position, at }] of this.#readers) {
      const shard = Number(name.split(' ')[0]);
      if (this.now() - at > FORGET_READER_MS) this.#readers.delete(name);
      else behind[shard] = Math.max(behind[shard] ?? 0, Number((this.#positions[shard] ?? 0n) - position));
    }
    this.shards.forEach((coordinator, index) => {
      const shard = String(index);
      this.metrics.coordinatorActive.set({ shard }, coordinator.active ? 1 : 0);
      this.metrics.leaseHolders.set({ shard }, coordinator.active ? coordinator.holders(this.now()) : 0);
      this.metrics.recordsBehind.set({ shard }, coordinator.active ? (behind[index] ?? 0) : 0);
    });
  }
}
