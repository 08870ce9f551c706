import type { LogEntry } from '@coffer/coherence';
import type { BudgetReading } from '@coffer/observability';
import type { ChangeEvent } from './change-event.js';
import type { Position } from './position.js';

/** Bounds the events that are kept for clients that come again, some 800 bytes each. */
export const EVENTS_MAX_BYTES = 16 * 1024 * 1024;

const EVENT_BYTES = 400;

const bytesOf = ({ path, operation, sealed }: ChangeEvent): number =>
  EVENT_BYTES + 2 * (path.namespace.length + path.key.length + operation.length) + sealed.length;

interface Shard {
  /** The first record that was read of it. */
  readonly first: Pick<LogEntry, 'offset' | 'timestamp'>;
  /** Events at or below this offset may have been forgotten. */
  floor: bigint;
}

/** The latest events of the log, as long as the replay window, in the order of reading. */
export class EventBuffer {
  readonly #events: ChangeEvent[] = [];
  readonly #shards = new Map<number, Shard>();
  #start = 0;
  #bytes = 0;
  #evictions = 0;

  constructor(
    private readonly windowMs: number,
    /** When reading began: what was written a window before that, or later, was read. Milliseconds since the Unix epoch. */
    private readonly began: number,
    private readonly maxBytes = EVENTS_MAX_BYTES,
  ) {}

  get memory(): BudgetReading {
    return { bytes: this.#bytes, limitBytes: this.maxBytes, evictions: this.#evictions };
  }

  /** Notes that a record was read, whatever it says. */
  read({ shard, offset, timestamp }: LogEntry): void {
    if (!this.#shards.has(shard)) this.#shards.set(shard, { first: { offset, timestamp }, floor: offset - 1n });
    this.#forget(timestamp - this.windowMs);
  }

  add(event: ChangeEvent): void {
    this.#events.push(event);
    this.#bytes += bytesOf(event);
    while (this.#bytes > this.maxBytes) this.#drop();
  }

  /** What came after a position; `undefined` where some of it is not known any more, or the log is another one. */
  since({ offsets, timestamp }: Position): readonly ChangeEvent[] | undefined {
    for (const [shard, offset] of offsets.entries()) {
      const known = this.#shards.get(shard);
      if (known === undefined) {
        if (timestamp < this.began - this.windowMs) return undefined;
        continue;
      }
      if (offset < known.floor) return undefined;
      // In one log what stands before an offset was not written after it.
      if (known.first.offset <= offset && known.first.timestamp > timestamp) return undefined;
    }
    return this.#events.slice(this.#start).filter((event) => event.offset > (offsets[event.shard] ?? -1n));
  }

  #forget(before: number): void {
    while ((this.#events[this.#start]?.timestamp ?? Infinity) < before) this.#drop();
  }

  #drop(): void {
    const event = this.#events[this.#start];
    if (event === undefined) return;
    this.#bytes -= bytesOf(event);
    this.#evictions += 1;
    const shard = this.#shards.get(event.shard);
    if (shard !== undefined && event.offset > shard.floor) shard.floor = event.offset;
    this.#start += 1;
    if (this.#start > this.#events.length / 2) {
      this.#events.splice(0, this.#start);
      this.#start = 0;
    }
  }
}
