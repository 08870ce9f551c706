/** How long the coordinator of a shard may say nothing though something is due. */
const SILENCE_TIMEOUT_MS = 2_000;
/** A coordinator that was silent for this long is suspected, and the log is probed. Above T/4. */
const SUSPECT_AFTER_MS = 1_000;
/** Probes of the log's end that are further apart show nothing of the time between them. */
const MAX_PROBE_GAP_MS = 1_000;
/**
 * What counts at most of the time between two probes; they are due every 250 ms. A process that is late
 * itself, for want of processor time say, allows others as much.
 */
const MAX_PROBE_CREDIT_MS = 300;
/** How often the time allowed is doubled at most, and how long a mistake is remembered. */
const MAX_DOUBLINGS = 2;
const MISTAKE_MEMORY_MS = 60_000;

/**
 * Suspects the coordinator of the present epoch when it says nothing though it should and the log is there. It serves
 * liveness only: taking a shard over is always safe. One that grants leases does so four times in each T; every coordinator
 * answers a PREPARE, at once where it grants no leases; in its own first T + ε it may be silent.
 *
 * Time counts only between probes of the end of the log that found nothing new, so that a log that is away, a reader of
 * it that is behind, or a pause of this process looks like no silence. A coordinator that speaks after it was taken for
 * silent was slow and not gone: then silence must last twice as long the next time, and longer again after that, so that
 * processes which all lack processor time do not take shards from each other again and again.
 */
export class FailureDetector {
  #graceUntil = -Infinity;
  /** Since when something is due. */
  #dueAt: number | undefined;
  /** How long it has been silent, as far as that counts. */
  #silentMs = 0;
  #probedAt = -Infinity;
  #doublings = 0;
  #mistakenAt = -Infinity;

  /** `grants`: whether leases are granted. */
  constructor(private readonly grants: boolean) {}

  /** A coordinator that has just begun may be silent until that time. */
  graceUntil(time: number): void {
    this.#graceUntil = time;
  }

  /** A record of the present epoch was read. */
  heard(now: number): void {
    this.#dueAt = this.grants ? now : undefined;
    this.#probedAt = -Infinity;
  }

  /** A PREPARE was read. */
  expectReply(now: number): void {
    this.#dueAt ??= now;
  }

  /** A coordinator that was taken for silent has spoken. To be called once for each such epoch. */
  recordMistake(now: number): void {
    this.#doublings = Math.min(this.#remembered(now) + 1, MAX_DOUBLINGS);
    this.#mistakenAt = now;
  }

  /** Whether it is time to look at the log's end, and to go on doing so. */
  suspects(now: number): boolean {
    return this.#dueAt !== undefined && now >= Math.max(this.#dueAt, this.#graceUntil) + SUSPECT_AFTER_MS;
  }

  /** All that the log held a moment ago has been read. Answers whether the coordinator has been silent for too long. */
  probed(now: number): boolean {
    if (!this.suspects(now)) return false;
    const gap = now - this.#probedAt;
    this.#silentMs = gap > MAX_PROBE_GAP_MS ? 0 : this.#silentMs + Math.min(gap, MAX_PROBE_CREDIT_MS);
    this.#probedAt = now;
    return this.#silentMs >= SILENCE_TIMEOUT_MS * 2 ** this.#remembered(now) - SUSPECT_AFTER_MS;
  }

  #remembered(now: number): number {
    return now - this.#mistakenAt < MISTAKE_MEMORY_MS ? this.#doublings : 0;
  }
}
