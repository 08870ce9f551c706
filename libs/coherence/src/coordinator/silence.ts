import type { Timing } from '../timing.js';

/** How long the coordinator of a shard may say nothing while a writer waits for it, in milliseconds. */
const PATIENCE = 2_000;
/** From here on somebody should look whether it is the log that says nothing. Milliseconds. */
const DOUBT = 250;
/** Looks at the log's end that are further apart show nothing of the time between them. Milliseconds. */
const STEADY = 1_000;

/**
 * Whether the coordinator of the present epoch says nothing though a writer waits for it and the log is there: of
 * liveness only, since taking a shard over is always safe. A coordinator answers each PREPARE at once, or grants leases
 * four times in each T while it waits; in its own first T + ε it may be silent.
 *
 * Time counts only between looks at the end of the log that found nothing new, so that a log that is away, a reader of
 * it that is behind, or a pause of this process looks like no silence.
 */
export class Silence {
  #excusedUntil = -Infinity;
  #neededAt: number | undefined;
  #silentFrom = Infinity;
  #lookedAt = -Infinity;

  constructor(private readonly timing: Pick<Timing, 'lease' | 'clockError'>) {}

  /** A coordinator has begun. */
  begun(now: number): void {
    this.spoke();
    this.#excusedUntil = now + this.timing.lease + this.timing.clockError;
  }

  /** A record of the present epoch was read. */
  spoke(): void {
    this.#neededAt = undefined;
    this.#lookedAt = -Infinity;
  }

  /** A PREPARE was read. */
  needed(now: number): void {
    this.#neededAt ??= now;
  }

  /** Whether it is time to look at the log's end, and to go on doing so. */
  doubtful(now: number): boolean {
    return this.#neededAt !== undefined && now >= Math.max(this.#neededAt, this.#excusedUntil) + DOUBT;
  }

  /** All that the log held a moment ago has been read. Answers whether the coordinator has been silent for too long. */
  looked(now: number): boolean {
    if (!this.doubtful(now)) return false;
    if (now - this.#lookedAt > STEADY) this.#silentFrom = now;
    this.#lookedAt = now;
    return now - this.#silentFrom >= PATIENCE - DOUBT;
  }
}
