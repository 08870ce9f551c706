import type { Heartbeat } from '@coffer/coherence';
import type { Host } from './host.js';
import type { SeededRandom } from '@coffer/coherence/simulation';
import type { Schedule } from './schedule.js';

/** A cached answer. `expiresWall`: absolute, in milliseconds since the Unix epoch. */
export interface RedisEntry {
  readonly path: string;
  readonly tag: bigint;
  readonly expiresWall: number;
  readonly version: number;
  readonly present: boolean;
}

const CALL_LIMIT = 50;
const REMEMBERED = 200;

/** Redis: entries and the mailbox. It may lose, delay, repeat, and come back from any moment of the past. */
export class SharedRedis {
  #entries = new Map<string, RedisEntry>();
  #snapshot = new Map<string, RedisEntry>();
  /** Entries ever stored, of which any may come back. */
  readonly #past: RedisEntry[] = [];
  readonly #subscribers: { readonly host: Host; readonly hear: (heartbeat: Heartbeat) => void }[] = [];
  readonly faults = { lost: 0, repeated: 0, late: 0, longest: 6_000 };
  down = false;

  constructor(
    private readonly schedule: Schedule,
    private readonly random: SeededRandom,
  ) {}

  get(host: Host, path: string, answer: (entry: RedisEntry | undefined) => void): void {
    if (this.#unreachable(host)) return host.after(CALL_LIMIT, () => answer(undefined));
    this.schedule.after(this.#way(host), () => {
      const entry = this.#entries.get(path);
      host.after(this.#way(host), () => answer(entry));
    });
  }

  set(host: Host, entry: RedisEntry): void {
    this.#send(host, () => {
      this.#entries.set(entry.path, entry);
      this.#past[this.#past.length < REMEMBERED ? this.#past.length : this.random.index(REMEMBERED)] = entry;
    });
  }

  /** `answer` may never come. */
  delete(host: Host, path: string, answer: () => void): void {
    this.#send(host, () => {
      this.#entries.delete(path);
      host.after(this.#way(host), answer);
    });
  }

  subscribe(host: Host, hear: (heartbeat: Heartbeat) => void): void {
    this.#subscribers.push({ host, hear });
  }

  publish(from: Host, heartbeat: Heartbeat): void {
    this.#send(from, () => {
      for (const { host, hear } of this.#subscribers) {
        if (host.alive && !this.#unreachable(host)) host.after(this.#way(host), () => hear(heartbeat));
      }
    });
  }

  save(): void {
    this.#snapshot = new Map(this.#entries);
  }

  rollBack(): void {
    this.#entries = new Map(this.#snapshot);
  }

  flush(): void {
    this.#entries.clear();
  }

  /** Some entries of the past are there again. */
  resurrect(): void {
    for (let count = 0; count < 20 && this.#past.length > 0; count += 1) {
      const entry = this.random.pick(this.#past);
      this.#entries.set(entry.path, entry);
    }
  }

  #send(host: Host, arrive: () => void): void {
    const { lost, repeated, late, longest } = this.faults;
    if (this.#unreachable(host) || this.random.chance(lost)) return;
    const held = this.random.chance(late) ? this.random.between(0, longest) : 0;
    this.schedule.after(this.#way(host) + held, arrive);
    if (this.random.chance(repeated)) this.schedule.after(this.random.between(0, longest), arrive);
  }

  #unreachable(host: Host): boolean {
    return this.down || host.redis.cut;
  }

  #way(host: Host): number {
    return this.random.between(0.1, 1) + host.redis.slow;
  }
}
