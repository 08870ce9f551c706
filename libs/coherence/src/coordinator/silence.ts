/** How long the coordinator of a shard may say nothing though something is due, in milliseconds. */
const LONGEST = 2_000;
/** From here on somebody should look whether it is the log that says nothing. Milliseconds, above T/4. */
const DOUBT = 1_000;
/** Looks at the log's end that are further apart show nothing of the time between them. Milliseconds. */
const STEADY = 1_000;
/**
 * What counts at most of the time between two looks, in milliseconds; they are due every 250. A process that is late
 * itself, for want of processor time say, allows others as much.
 */
const LOOK_COUNTS = 300;
/** How often the time allowed is doubled at most, and how long a mistaken silence is remembered, in milliseconds. */
const MAX_DOUBLINGS = 2;
const MEMORY = 60_000;

/**
 * Whether the coordinator of the present epoch says nothing though it should and the log is there: of liveness only,
 * since taking a shard over is always safe. One that grants leases does so four times in each T; every coordinator
 * answers a PREPARE, at once where it grants no leases; in its own first T + ε it may be silent.
 *
 * Time counts only between looks at the end of the log that found nothing new, so that a log that is away, a reader of
 * it that is behind, or a pause of this process looks like no silence. A coordinator that speaks after it was taken for
 * silent was slow and not gone: then silence must last twice as long the next time, and longer again after that, so that
 * processes which all lack processor time do not take shards from each other again and again.
 */
export class Silence {
  #excusedUntil = -Infinity;
  /** Since when something is due. */
  #dueAt: number | undefined;
  /** Of silence that counts, in milliseconds. */
  #silent = 0;
  #lookedAt = -Infinity;
  #doublings = 0;
  #mistakenAt = -Infinity;

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

  /** A coordinator that was taken for silent has spoken. Called once for each such epoch. */
  mistaken(now: number): void {
    this.#doublings = Math.min(this.#remembered(now) + 1, MAX_DOUBLINGS);
    this.#mistakenAt = now;
  }

  /** Whether it is time to look at the log's end, and to go on doing so. */
  doubtful(now: number): boolean {
    return this.#dueAt !== undefined && now >= Math.max(this.#dueAt, this.#excusedUntil) + DOUBT;
  }

  /** All that the log held a moment ago has been read. Answers whether the coordinator has been silent for too long. */
  looked(now: number): boolean {
    if (!this.doubtful(now)) return false;
    const gap = now - this.#lookedAt;
    this.#silent = gap > STEADY ? 0 : this.#silent + Math.min(gap, LOOK_COUNTS);
    this.#lookedAt = now;
    return this.#silent >= LONGEST * 2 ** this.#remembered(now) - DOUBT;
  }

  #remembered(now: number): number {
    return now - this.#mistakenAt < MEMORY ? this.#doublings : 0;
  }
}
