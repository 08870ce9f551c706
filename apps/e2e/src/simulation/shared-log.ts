import type { LogEntry, LogOffset, LogRecord } from '@coffer/coherence';
import type { SeededRandom } from '@coffer/coherence/simulation';
import type { CoherenceLog, LogTail } from '@coffer/messaging';
import { CofferError } from '@coffer/secrets';
import type { Host } from './host.js';
import type { Schedule } from './schedule.js';

/** How often an append goes wrong; all 0 once faults have ended. */
export interface MessageFaults {
  lost: number;
  repeated: number;
  late: number;
  /** Longest delay of a late message or of a repetition, in milliseconds. */
  longest: number;
}

/** One process's way through the log. */
interface Tail {
  readonly host: Host;
  readonly read: (entry: LogEntry) => void;
  next: number;
  underWay: boolean;
}

/** An append that is lost is known to have failed, or may have, after this. */
const APPEND_TIMEOUT_MS = 1_000;

/** The one shard of the log: what has landed is there for good, in the order in which it landed. */
export class SharedLog {
  readonly entries: LogEntry[] = [];
  readonly faults: MessageFaults = { lost: 0, repeated: 0, late: 0, longest: 4_000 };
  #tails: Tail[] = [];
  #offset = 0n;

  constructor(
    private readonly schedule: Schedule,
    private readonly random: SeededRandom,
    private readonly windowMs: number,
    private readonly landed: (entry: LogEntry) => void,
  ) {}

  /** The log as the process sees it. */
  of(host: Host): CoherenceLog {
    return {
      shards: 1,
      identity: 'a1',
      append: (_shard, record) => new Promise((resolve, reject) => this.append(host, record, resolve, reject)),
      tail: (_shards, { read }) => Promise.resolve(this.tail(host, (entry) => void read(entry))),
      reachEnd: () => new Promise((resolve) => this.reachEnd(host, resolve)),
      horizon: () => this.schedule.now - this.windowMs,
      close: () => Promise.resolve(),
    };
  }

  append(
    host: Host,
    record: LogRecord,
    appended: (offset: LogOffset) => void = () => undefined,
    failed: (error: CofferError) => void = () => undefined,
  ): void {
    const { lost, repeated, late, longest } = this.faults;
    if ((host.log.cut && this.random.chance(0.5)) || this.random.chance(lost)) {
      const error = new CofferError('timeout', 'the log did not answer');
      return host.after(APPEND_TIMEOUT_MS, () => failed(error));
    }
    const delay = this.random.between(0.3, 3) + host.log.slow;
    // A client whose link is cut tries again when it is back.
    const held = host.log.cut || this.random.chance(late) ? this.random.between(0, longest) : 0;
    this.schedule.after(delay + held, () => {
      const offset = this.land(record);
      host.after(this.random.between(0.3, 3), () => appended(offset));
    });
    if (this.random.chance(repeated)) {
      this.schedule.after(delay + this.random.between(0, longest), () => this.land(record));
    }
  }

  land(record: LogRecord): LogOffset {
    // Offsets grow and are not dense.
    this.#offset += this.random.chance(0.05) ? 3n : 1n;
    const entry = { shard: 0, offset: this.#offset, timestamp: this.schedule.now, record };
    this.entries.push(entry);
    this.landed(entry);
    for (const tail of this.#tails) this.#pump(tail);
    return entry.offset;
  }

  /** From `now − window` on. */
  tail(host: Host, read: (entry: LogEntry) => void): LogTail {
    const horizon = this.schedule.now - this.windowMs;
    const first = this.entries.findIndex(({ timestamp }) => timestamp >= horizon);
    const next = first < 0 ? this.entries.length : first;
    this.#tails = this.#tails.filter((tail) => tail.host.alive);
    const tail: Tail = { host, read, next, underWay: false };
    this.#tails.push(tail);
    this.#pump(tail);
    return {
      close: () => {
        this.#tails = this.#tails.filter((other) => other !== tail);
        return Promise.resolve();
      },
    };
  }

  /** Calls once the host has read all that is there when its question arrives; never when it is cut off. */
  reachEnd(host: Host, reached: () => void): void {
    if (host.log.cut) return;
    host.after(this.random.between(0.5, 3) + host.log.slow, () => {
      const end = this.entries.length;
      const look = (): void => {
        const tails = this.#tails.filter((one) => one.host === host);
        if (tails.length === 0 || host.log.cut) return;
        if (tails.every(({ next }) => next >= end)) reached();
        else host.after(1, look);
      };
      look();
    });
  }

  /** A link has been restored. */
  wake(): void {
    for (const tail of this.#tails) this.#pump(tail);
  }

  #pump(tail: Tail): void {
    const { host } = tail;
    if (tail.underWay || host.log.cut || !host.alive || tail.next >= this.entries.length) return;
    tail.underWay = true;
    host.after(this.random.between(0.5, 3) + host.log.slow, () => {
      tail.underWay = false;
      // A batch may end anywhere.
      const most = 1 + this.random.index(20);
      for (let count = 0; count < most && tail.next < this.entries.length && !host.log.cut; count += 1) {
        if (!this.#tails.includes(tail)) return;
        const entry = this.entries[tail.next++];
        if (entry !== undefined) tail.read(entry);
      }
      this.#pump(tail);
    });
  }
}
