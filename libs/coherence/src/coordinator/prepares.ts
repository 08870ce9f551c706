import type { LogOffset } from '../log-record.js';
import type { Timing } from '../timing.js';
import type { Leases } from './lease-table.js';

/** How long a PREPARE waits for Redis at most. */
const CLEAR_TIMEOUT_MS = 250;

/** A PREPARE that has not been answered with CLEARED. */
export interface OpenPrepare {
  readonly offset: LogOffset;
  readonly readAt: number;
  /** Who may have held a lease when it was read. */
  readonly leases: Leases;
  /** Redis has been cleared, or is not to be. */
  clear: boolean;
}

/** The PREPAREs that a coordinator has read. */
export class Prepares {
  #open: OpenPrepare[] = [];
  /** Those younger than T/4, answered or not, in log order. */
  readonly #recent: { readonly offset: LogOffset; readonly readAt: number }[] = [];
  #settled: LogOffset = 0n;
  /** Redis did not answer in time, so nothing waits for it until it does. */
  #redisAway = false;

  constructor(private readonly timing: Pick<Timing, 'leaseMs'>) {}

  get waiting(): boolean {
    return this.#open.length > 0;
  }

  /** Rule 9: below this an instance must have read everything to be granted a lease. */
  required(now: number): LogOffset {
    let [oldest] = this.#recent;
    while (oldest !== undefined && now - oldest.readAt >= this.timing.leaseMs / 4) {
      this.#settled = oldest.offset + 1n;
      this.#recent.shift();
      [oldest] = this.#recent;
    }
    return this.#settled;
  }

  seen(offset: LogOffset, now: number): void {
    this.required(now);
    this.#recent.push({ offset, readAt: now });
  }

  open(prepare: OpenPrepare): void {
    this.#open.push(prepare);
  }

  clearDone(offset: LogOffset): void {
    this.#redisAway = false;
    const prepare = this.#open.find((open) => open.offset === offset);
    if (prepare !== undefined) prepare.clear = true;
  }

  /** Takes those out that no cache stands in the way of. */
  take(passed: (prepare: OpenPrepare) => boolean, now: number): LogOffset[] {
    const taken: LogOffset[] = [];
    this.#open = this.#open.filter((prepare) => {
      if (!this.#isClear(prepare, now) || !passed(prepare)) return true;
      taken.push(prepare.offset);
      return false;
    });
    return taken;
  }

  drop(): void {
    this.#open = [];
  }

  /** Rule 10, best effort: what stays in Redis is unusable anyway. */
  #isClear({ clear, readAt }: OpenPrepare, now: number): boolean {
    if (clear) return true;
    if (now - readAt >= CLEAR_TIMEOUT_MS) this.#redisAway = true;
    return this.#redisAway;
  }
}
