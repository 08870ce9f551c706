import type { Heartbeat } from '@coffer/coherence';
import type { SeededRandom } from '@coffer/coherence/simulation';
import type { Host } from './host.js';
import type { Schedule } from './schedule.js';

interface Held {
  readonly bytes: Buffer | string;
  /** By Redis's own clock, which is the schedule's. */
  readonly until: number;
}

/** What comes back of the past lives for so long again, whatever it was given at first. */
const RETURNED_TTL_MS = 2_000;
const REMEMBERED = 200;

/** A server that keeps texts and passes heartbeats on. It may lose, delay, repeat, and come back from any moment of the past. */
export class SimulatedRedis {
  #held = new Map<string, Held>();
  #snapshot = new Map<string, Held>();
  /** Entries ever stored, of which any may come back. */
  readonly #past: { readonly name: string; readonly bytes: Buffer }[] = [];
  readonly #subscribers: { readonly host: Host; readonly hear: (heartbeat: Heartbeat) => void }[] = [];
  readonly faults = { lost: 0, repeated: 0, late: 0, longest: 6_000 };
  down = false;

  constructor(
    private readonly schedule: Schedule,
    private readonly random: SeededRandom,
  ) {}

  /** A command of the process's client. Where the link is broken it fails at once or is never answered. */
  call<T>(host: Host, command: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#unreachable(host) && this.random.chance(0.5)) return reject(new Error('Connection is closed.'));
      this.#send(host, () => {
        const answer = command();
        host.after(this.#way(host), () => resolve(answer));
      });
    });
  }

  get(name: string): Buffer | string | undefined {
    const held = this.#held.get(name);
    return held !== undefined && this.schedule.now < held.until ? held.bytes : undefined;
  }

  set(name: string, bytes: Buffer | string, ttlMs: number): void {
    this.#held.set(name, { bytes, until: this.schedule.now + ttlMs });
    if (typeof bytes === 'string') return;
    const place = this.#past.length < REMEMBERED ? this.#past.length : this.random.index(REMEMBERED);
    this.#past[place] = { name, bytes };
  }

  delete(...names: readonly string[]): number {
    return names.filter((name) => this.#held.delete(name)).length;
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
    this.#snapshot = new Map(this.#held);
  }

  rollBack(): void {
    this.#held = new Map(this.#snapshot);
  }

  flush(): void {
    this.#held.clear();
  }

  /** Some entries of the past are there again. */
  resurrect(): void {
    for (let count = 0; count < 20 && this.#past.length > 0; count += 1) {
      const { name, bytes } = this.random.pick(this.#past);
      this.#held.set(name, { bytes, until: this.schedule.now + RETURNED_TTL_MS });
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
