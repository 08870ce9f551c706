import { randomBytes } from 'node:crypto';
import { CofferError, type Clock } from '@coffer/secrets';
import type { LogEntry, LogOffset, LogRecord } from '@coffer/coherence';
import type { CoherenceLog, LogListener, LogTail } from '../contract/coherence-log.js';
import { OffsetWaiter } from '../contract/offset-waiter.js';

interface Shard {
  /** Those from `first` on; what was let go is empty until the array is cut. */
  entries: (LogEntry | undefined)[];
  /** The offset of the first place in the array. */
  first: LogOffset;
  /** The offset of the oldest record that is kept. */
  kept: LogOffset;
  next: LogOffset;
  readonly followers: Set<Follower>;
}

interface Follower {
  wake(): void;
  /** Everything below has been taken in. */
  taken: LogOffset;
}

export interface MemoryLogOptions {
  readonly shards: number;
  /** How long a process remembers what it has read. */
  readonly windowMs: number;
  /** How long a record is kept for tails that begin later, once every tail has taken it in. Default the window. */
  readonly replayMs?: number;
  /** Bounds what is kept. Defaults to `LOG_MAX_BYTES`. */
  readonly maxBytes?: number;
  readonly clock: Clock;
  /** Called with each record before anybody reads it; one that it throws at is not appended. Defaults to nothing. */
  readonly beforeAppend?: (entry: LogEntry) => void;
}

/** Readers of one process are behind by a few records; what takes up this much is a reader that stands still. */
export const LOG_MAX_BYTES = 64 * 1024 * 1024;

/** What an entry takes up beside its texts and its sealed outcome. */
const ENTRY_BYTES = 500;
/** Empty places at the beginning of an array before it is cut, if they are most of it. */
const MIN_CUT = 1_024;

const bytesOf = ({ record }: LogEntry): number => {
  const path = 'path' in record ? record.path.length : 0;
  return ENTRY_BYTES + 2 * path + (record.type === 'COMMIT' ? record.sealed.length : 0);
};

/**
 * The coherence log of one process: begins empty with it, and keeps what a tail has still to read. Where what is kept
 * takes up `maxBytes` because a tail stands still, `append` rejects with `unavailable`.
 */
export class MemoryLog implements CoherenceLog {
  readonly identity = randomBytes(8).toString('hex');
  readonly #shards: Shard[];
  readonly #began: number;
  readonly #waiters = new OffsetWaiter();
  readonly #replayMs: number;
  readonly #maxBytes: number;
  #bytes = 0;
  #closed = false;

  constructor(private readonly options: MemoryLogOptions) {
    const { clock, shards, windowMs, replayMs = windowMs, maxBytes = LOG_MAX_BYTES } = options;
    this.#began = clock.wall();
    this.#replayMs = replayMs;
    this.#maxBytes = maxBytes;
    this.#shards = Array.from({ length: shards }, () => ({
      ...{ entries: [], first: 0n, kept: 0n, next: 0n },
      followers: new Set<Follower>(),
    }));
  }

  get shards(): number {
    return this.options.shards;
  }

  /** Bytes of what is kept, by estimate, and the limit of them. */
  get memory(): { readonly bytes: number; readonly limitBytes: number } {
    return { bytes: this.#bytes, limitBytes: this.#maxBytes };
  }

  append(shard: number, record: LogRecord): Promise<LogOffset> {
    if (this.#closed) return Promise.reject(new CofferError('unavailable', 'the coherence log is closed'));
    const log = this.#shard(shard);
    const timestamp = this.options.clock.wall();
    if (this.#replayMs > 0) this.#trim(log, timestamp - this.#replayMs);
    if (this.#bytes >= this.#maxBytes) {
      return Promise.reject(new CofferError('unavailable', 'a reader of the coherence log is too far behind'));
    }
    const entry = { shard, offset: log.next, timestamp, record };
    try {
      this.options.beforeAppend?.(entry);
    } catch {
      return Promise.reject(
        new CofferError('unavailable', 'what goes with a record of the coherence log was not kept'),
      );
    }
    log.next += 1n;
    log.entries.push(entry);
    this.#bytes += bytesOf(entry);
    for (const follower of log.followers) follower.wake();
    return Promise.resolve(entry.offset);
  }

  tail(shards: readonly number[], listener: LogListener): Promise<LogTail> {
    if (this.#replayMs < this.options.windowMs && shards.some((shard) => this.#shard(shard).kept > 0n)) {
      const message = 'what a tail of the coherence log must begin with was let go: tails begin with the process here';
      return Promise.reject(new CofferError('unavailable', message));
    }
    const stops = shards.map((shard) => this.#follow(this.#shard(shard), shard, listener));
    return Promise.resolve({
      close: async () => {
        await Promise.all(stops.map((stop) => stop()));
      },
    });
  }

  reachEnd(signal: AbortSignal): Promise<void> {
    const ends = this.#shards.map((log) => [log, log.next] as const);
    const reached = (): boolean =>
      ends.every(([log, end]) => Array.from(log.followers).every(({ taken }) => taken >= end));
    return this.#waiters.wait(reached, signal);
  }

  horizon(): number {
    return Math.max(this.#began, this.options.clock.wall() - this.options.windowMs);
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  /** Answers how to stop; a stop waits for the listener's call under way. */
  #follow(log: Shard, shard: number, listener: LogListener): () => Promise<void> {
    let wake: (() => void) | undefined;
    let stopped = false;
    const end = log.next;
    let position = log.kept;
    const follower: Follower = { wake: () => wake?.(), taken: position };
    log.followers.add(follower);

    const run = async (): Promise<void> => {
      let caughtUp = false;
      while (!stopped) {
        if (!caughtUp && position >= end) {
          caughtUp = true;
          listener.caughtUp?.(shard);
        }
        const entry = log.entries[Number(position - log.first)];
        if (entry === undefined) {
          await new Promise<void>((resolve) => (wake = resolve));
          wake = undefined;
          continue;
        }
        position = entry.offset + 1n;
        await listener.read(entry);
        follower.taken = position;
        this.#waiters.step();
        if (this.#replayMs === 0) this.#trim(log, Infinity);
      }
    };
    const running = run();
    return async () => {
      stopped = true;
      log.followers.delete(follower);
      if (this.#replayMs === 0) this.#trim(log, Infinity);
      this.#waiters.step();
      wake?.();
      await running;
    };
  }

  /** Lets go of what is older and has been taken in by every tail; what nobody reads yet is kept for the first tail. */
  #trim(log: Shard, before: number): void {
    const end = this.#takenByAll(log);
    while (log.kept < end) {
      const place = Number(log.kept - log.first);
      const entry = log.entries[place];
      if (entry === undefined || entry.timestamp >= before) break;
      log.entries[place] = undefined;
      log.kept += 1n;
      this.#bytes -= bytesOf(entry);
    }
    const empty = Number(log.kept - log.first);
    if (empty < MIN_CUT || empty < log.entries.length / 2) return;
    log.entries = log.entries.slice(empty);
    log.first = log.kept;
  }

  /** Below it is what every tail has taken in. Called for every record and tail: makes nothing that must be collected. */
  #takenByAll({ followers, kept, next }: Shard): LogOffset {
    if (followers.size === 0) return this.#replayMs === 0 ? kept : next;
    let least = next;
    for (const { taken } of followers) {
      if (taken <= kept) return kept;
      if (taken < least) least = taken;
    }
    return least;
  }

  #shard(shard: number): Shard {
    const log = this.#shards[shard];
    if (log === undefined)
      throw new CofferError('internal', `the coherence log has ${this.shards} shards, not ${shard}`);
    return log;
  }
}
