import type { Heartbeat } from '../heartbeat.js';
import type { GrantRecord, HandoverRecord, LogOffset } from '../log-record.js';
import type { Rules } from '../rules.js';
import type { Timing } from '../timing.js';

/** What the coordinator knows of one reader. */
interface Instance {
  /** Everything below it has been read, as far as heard. */
  position: LogOffset;
  /** The latest heartbeat that asked for a lease, and when it was received. */
  nonce: number;
  receivedAt: number;
  /** It has been granted, or tried to be. */
  granted: boolean;
  /** Until then a lease of it may be alive. */
  until: number;
  left: boolean;
  heardAt: number;
}

/** Instances and when they may hold a lease until, as their coordinator knows it. */
export type Leases = ReadonlyMap<string, number>;

/** Who asked for leases, who may hold one, and how far each has read. */
export class LeaseTable {
  readonly #instances = new Map<string, Instance>();
  readonly #longest: number;

  constructor(
    timing: Pick<Timing, 'leaseMs' | 'clockErrorMs'>,
    private readonly rules: Rules,
  ) {
    this.#longest = timing.leaseMs + timing.clockErrorMs;
  }

  /** Rule 8: all whose lease may be alive. */
  holders(now: number): Leases {
    const holders = new Map<string, number>();
    for (const [name, { until, left }] of this.#instances) if (until > now && !left) holders.set(name, until);
    return holders;
  }

  /** Whether none of these can serve the key of that PREPARE: each has read past it, has left, or holds no lease. */
  passed(leases: Leases, prepareOffset: LogOffset, now: number): boolean {
    for (const [name, until] of leases) {
      const instance = this.#instances.get(name);
      if (now < until && !instance?.left && !(instance !== undefined && instance.position > prepareOffset))
        return false;
    }
    return true;
  }

  hear({ instance: name, nonce, position, leaving }: Heartbeat, now: number): void {
    const instance = this.#instance(name);
    instance.heardAt = now;
    if (leaving) instance.left = true;
    if (nonce !== undefined && nonce > instance.nonce) {
      if (!this.rules.attempt && instance.granted) this.hold(name, instance.receivedAt + this.#longest);
      Object.assign(instance, { nonce, position, receivedAt: now, granted: false });
    } else if (position > instance.position) {
      instance.position = position;
    }
  }

  /**
   * Takes the leases to be granted now. They count from here, whatever becomes of the record (rule 8), and last from
   * the receipt of the heartbeat, which is later than its sending (rule 2). An instance that has not read all below
   * `required` is granted none (rule 9).
   */
  grant(required: LogOffset, now: number): GrantRecord['leases'] {
    const granted: { instance: string; nonce: number }[] = [];
    for (const [name, instance] of this.#instances) {
      if (now - instance.heardAt > this.#longest && now >= instance.until) {
        this.#instances.delete(name);
        continue;
      }
      if (instance.granted || instance.left || instance.position < required) continue;
      instance.granted = true;
      if (this.rules.attempt) this.hold(name, instance.receivedAt + this.#longest);
      granted.push({ instance: name, nonce: instance.nonce });
    }
    return granted;
  }

  /** A lease that may last until then, whoever granted it. */
  hold(name: string, until: number): void {
    const instance = this.#instance(name);
    instance.until = Math.max(instance.until, until);
    instance.heardAt = Math.max(instance.heardAt, until - this.#longest);
  }

  /** What a successor has to wait for. */
  handover(now: number): HandoverRecord['leases'] {
    return Array.from(this.holders(now), ([instance, until]) => ({ instance, remaining: until - now }));
  }

  #instance(name: string): Instance {
    let instance = this.#instances.get(name);
    if (instance === undefined) {
      instance = {
        position: 0n,
        nonce: -1,
        receivedAt: -Infinity,
        granted: true,
        until: -Infinity,
        left: false,
        heardAt: -Infinity,
      };
      this.#instances.set(name, instance);
    }
    return instance;
  }
}
