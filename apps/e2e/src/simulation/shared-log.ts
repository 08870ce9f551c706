import type { LogEntry, LogRecord } from '@coffer/coherence';
import type { Host } from './host.js';
import type { SeededRandom } from '@coffer/coherence/simulation';
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
  under: boolean;
}

/** The one shard of the log: what has landed is there for good, in the order in which it landed. */
export class SharedLog {
  readonly entries: LogEntry[] = [];
  readonly faults: MessageFaults = { lost: 0, repeated: 0, late: 0, longest: 4_000 };
  #tails: Tail[] = [];
  #offset = 0n;

  constructor(
    private readonly schedule: Schedule,
    private readonly random: SeededRandom,
    private readonly window: number,
    private readonly landed: (entry: LogEntry) => void,
  ) {}

  append(host: Host, record: LogRecord): void {
    const { lost, repeated, late, longest } = this.faults;
    if (host.log.cut && this.random.chance(0.5)) return;
    if (this.random.chance(lost)) return;
    const delay = this.random.between(0.3, 3) + host.log.slow;
    // A client whose link is cut tries again when it is back.
    const held = host.log.cut || this.random.chance(late) ? this.random.between(0, longest) : 0;
    this.schedule.after(delay + held, () => this.land(record));
    if (this.random.chance(repeated)) {
      this.schedule.after(delay + this.random.between(0, longest), () => this.land(record));
    }
  }

  land(record: LogRecord): void {
    // Offsets grow and are not dense.
    this.#offset += this.random.chance(0.05) ? 3n : 1n;
    const entry = { shard: 0, offset: this.#offset, timestamp: this.schedule.now, record };
    this.entries.push(entry);
    this.landed(entry);
    for (const tail of this.#tails) this.#pump(tail);
  }

  /** From `now − window` on; a later call of the same host replaces this one. */
  tail(host: Host, read: (entry: LogEntry) => void): void {
    const horizon = this.schedule.now - this.window;
    const first = this.entries.findIndex(({ timestamp }) => timestamp >= horizon);
    const next = first < 0 ? this.entries.length : first;
    this.#tails = this.#tails.filter((tail) => tail.host !== host && tail.host.alive);
    const tail: Tail = { host, read, next, under: false };
    this.#tails.push(tail);
    this.#pump(tail);
  }

  /** Calls once the host has read all that is there when its question arrives; never when it is cut off. */
  reachEnd(host: Host, reached: () => void): void {
    if (host.log.cut) return;
    host.after(this.random.between(0.5, 3) + host.log.slow, () => {
      const end = this.entries.length;
      const look = (): void => {
        const tail = this.#tails.find((one) => one.host === host);
        if (tail === undefined || host.log.cut) return;
        if (tail.next >= end) reached();
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
    if (tail.under || host.log.cut || !host.alive || tail.next >= this.entries.length) return;
    tail.under = true;
    host.after(this.random.between(0.5, 3) + host.log.slow, () => {
      tail.under = false;
      if (!this.#tails.includes(tail)) return;
      // A batch may end anywhere.
      const most = 1 + this.random.index(20);
      for (let count = 0; count < most && tail.next < this.entries.length && !host.log.cut; count += 1) {
        const entry = this.entries[tail.next++];
        if (entry !== undefined) tail.read(entry);
        if (!this.#tails.includes(tail)) return;
      }
      this.#pump(tail);
    });
  }
}
