/** How long the coordinator of a shard may say nothing though something is due, in milliseconds. */
const LONGEST = 2_000;
/** From here on somebody should look whether it is the log that says nothing. Milliseconds, above T/4. */
const DOUBT = 1_000;
/** Looks at the log's end that are further apart show nothing of the time between them. Milliseconds. */
const STEADY = 1_000;

/**
 * Whether the coordinator of the present epoch says nothing though it should and the log is there: of liveness only,
 * since taking a shard over is always safe. One that grants leases does so four times in each T; every coordinator
 * answers a PREPARE, at once where it grants no leases; in its own first T + ε it may be silent.
 *
 * Time counts only between looks at the end of the log that found nothing new, so that a log that is away, a reader of
 * it that is behind, or a pause of this process looks like no silence.
 */
export class Silence {
  #excusedUntil = -Infinity;
  /** Since when something is due. */
  #dueAt: number | undefined;
  #silentFrom = Infinity;
  #lookedAt = -Infinity;

  /** `grants`: leases are granted. */
  constructor(private readonly grants: boolean) {}

  /** Until then a coordinator that has just begun may be silent. */
  excuse(until: number): void {
    this.#excusedUntil = until;
  }

  /** A record of the present epoch was read. */
  spoke(now: number): void {
    this.#dueAt = this.grants ? now : undefined;
    this.#lookedAt = -Infinity;
  }

  /** A PREPARE was read. */
  needed(now: number): void {
    this.#dueAt ??= now;
  }

  /** Whether it is time to look at the log's end, and to go on doing so. */
  doubtful(now: number): boolean {
    return this.#dueAt !== undefined && now >= Math.max(this.#dueAt, this.#excusedUntil) + DOUBT;
  }

  /** All that the log held a moment ago has been read. Answers whether the coordinator has been silent for too long. */
  looked(now: number): boolean {
    if (!this.doubtful(now)) return false;
    if (now - this.#lookedAt > STEADY) this.#silentFrom = now;
    this.#lookedAt = now;
    return now - this.#silentFrom >= LONGEST - DOUBT;
  }
}
