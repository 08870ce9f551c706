import type { Timing } from '../timing.js';
import type { Rules } from '../rules.js';

/** The reader's lease and the heartbeats that may yet extend it. */
export class Lease {
  readonly #sent = new Map<number, number>();
  #nonce = 0;
  #until = -Infinity;
  #nextAt = -Infinity;

  constructor(
    private readonly timing: Pick<Timing, 'leaseMs'>,
    private readonly rules: Rules,
  ) {}

  /** When it ends, unless it is extended. */
  get until(): number {
    return this.#until;
  }

  /** Whether a heartbeat is due: one every T/4. */
  due(now: number): boolean {
    return now >= this.#nextAt;
  }

  /** Answers the nonce of a heartbeat sent now. */
  send(now: number): number {
    for (const [nonce, sentAt] of this.#sent) {
      if (now - sentAt < this.timing.leaseMs) break;
      this.#sent.delete(nonce);
    }
    this.#nextAt = now + this.timing.leaseMs / 4;
    this.#sent.set(this.#nonce, now);
    return this.#nonce++;
  }

  /** A GRANT names the nonce. Rule 2: the lease counts from when that heartbeat was sent. */
  grant(nonce: number, now: number): void {
    const sentAt = this.#sent.get(nonce);
    if (sentAt === undefined) return;
    this.#until = Math.max(this.#until, (this.rules.sendTime ? sentAt : now) + this.timing.leaseMs);
  }

  /** No lease, nor one from any heartbeat sent so far. */
  reset(): void {
    this.#sent.clear();
    this.#until = -Infinity;
    this.#nextAt = -Infinity;
    if (!this.rules.uniqueNonces) this.#nonce = 0;
  }
}
