import { CofferError, type Clock } from '@coffer/secrets';
import type { LogEntry, LogOffset, LogRecord } from '@coffer/coherence';
import type { CoherenceLog, LogListener, LogTail } from '../contract/coherence-log.js';
import { Reaching } from '../contract/reaching.js';

interface Shard {
  entries: LogEntry[];
  next: LogOffset;
  readonly followers: Set<Follower>;
}

interface Follower {
  wake(): void;
  /** Everything below has been taken in. */
  taken: LogOffset;
}

/** The coherence log of one process: begins empty with it, and keeps what is younger than the window. */
export class MemoryLog implements CoherenceLog {
  readonly #shards: Shard[];
  readonly #began: number;
  readonly #reaching = new Reaching();
  #closed = false;

  /** `window`: the replay window, in milliseconds. */
  constructor(
    readonly shards: number,
    private readonly window: number,
    private readonly clock: Clock,
  ) {
    this.#began = clock.wall();
    this.#shards = Array.from({ length: shards }, () => ({ entries: [], next: 0n, followers: new Set() }));
  }

  append(shard: number, record: LogRecord): Promise<LogOffset> {
    if (this.#closed) return Promise.reject(new CofferError('unavailable', 'the coherence log is closed'));
    const log = this.#shard(shard);
    const offset = log.next++;
    const timestamp = this.clock.wall();
    log.entries.push({ shard, offset, timestamp, record });
    this.#trim(log, timestamp - this.window);
    for (const follower of log.followers) follower.wake();
    return Promise.resolve(offset);
  }

  tail(shards: readonly number[], listener: LogListener): Promise<LogTail> {
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
    return this.#reaching.wait(reached, signal);
  }

  horizon(): number {
    return Math.max(this.#began, this.clock.wall() - this.window);
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
    let position = log.entries[0]?.offset ?? end;
    const follower: Follower = { wake: () => wake?.(), taken: position };
    log.followers.add(follower);

    const run = async (): Promise<void> => {
      let caughtUp = false;
      while (!stopped) {
        if (!caughtUp && position >= end) {
          caughtUp = true;
          listener.caughtUp?.(shard);
        }
        const entry = log.entries[this.#place(log, position)];
        if (entry === undefined) {
          await new Promise<void>((resolve) => (wake = resolve));
          wake = undefined;
          continue;
        }
        position = entry.offset + 1n;
        await listener.read(entry);
        follower.taken = position;
        this.#reaching.step();
      }
    };
    const running = run();
    return async () => {
      stopped = true;
      log.followers.delete(follower);
      this.#reaching.step();
      wake?.();
      await running;
    };
  }

  /** Offsets are dense, so an entry's place follows from the first one's; what was cut off is passed over. */
  #place(log: Shard, offset: LogOffset): number {
    return Math.max(0, Number(offset - (log.entries[0]?.offset ?? log.next)));
  }

  /** Cuts old records in large pieces, so that an append costs constant time on average. */
  #trim(log: Shard, before: number): void {
    const half = log.entries[log.entries.length >> 1];
    if (log.entries.length < 1024 || half === undefined || half.timestamp >= before) return;
    log.entries = log.entries.filter((entry) => entry.timestamp >= before);
  }

  #shard(shard: number): Shard {
    const log = this.#shards[shard];
    if (log === undefined)
      throw new CofferError('internal', `the coherence log has ${this.shards} shards, not ${shard}`);
    return log;
  }
}
