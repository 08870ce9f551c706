import type { Clock } from '@coffer/secrets';

/** The time by which queue and log stamp what they take. */
export interface LogTime {
  /**
   * Milliseconds since the Unix epoch, as far as known here: late by at most what a record took to be read. Of a partition
   * of the queue, whose broker has a clock of its own, or of whichever was heard of.
   */
  now(partition?: number): number;
  /** How far it is ahead of this machine's wall clock. */
  offsetMs(): number;
}

/** Samples older than two of these count for nothing, once there are newer ones. */
const BUCKET_MS = 60_000;

/**
 * Kafka's clock, as this process knows it from what it reads and appends, so that its own wall clock may be wrong. A
 * record that has been seen proves that the log's clock is at least there; the highest of what was seen lately counts.
 * Until something was seen it is the wall clock.
 */
export class LogClock implements LogTime {
  /** The log's clock minus the monotonic one. */
  #current = -Infinity;
  #previous = -Infinity;
  #rotatedAt: number;

  constructor(private readonly clock: Clock) {
    this.#rotatedAt = clock.monotonic();
  }

  /** A record with this timestamp, appended since this process began to read, has just been read. */
  seen(timestamp: number): void {
    const now = this.clock.monotonic();
    if (now - this.#rotatedAt >= BUCKET_MS) {
      this.#previous = this.#current;
      this.#current = -Infinity;
      this.#rotatedAt = now;
    }
    this.#current = Math.max(this.#current, timestamp - now);
  }

  /** What was sent at `sentAt`, by the monotonic clock, got this timestamp: more cannot have passed on the log's clock. */
  appended(timestamp: number, sentAt: number): void {
    const highest = timestamp - sentAt;
    if (Math.max(this.#current, this.#previous) > highest) {
      this.#current = -Infinity;
      this.#previous = -Infinity;
    }
    this.seen(timestamp);
  }

  now(): number {
    const offset = Math.max(this.#current, this.#previous);
    return Math.floor(offset === -Infinity ? this.clock.wall() : this.clock.monotonic() + offset);
  }

  offsetMs(): number {
    return this.now() - this.clock.wall();
  }
}

/** The longest time from the sealing or signing of a record to its appending. Later it is a stale copy. */
export const MAX_DELAY_MS = 300_000;
/** How much later than its appending a record may say that it was sealed or signed: the error of clocks. */
export const MAX_AHEAD_MS = 30_000;

/**
 * Whether a record is a copy, made by somebody who cannot make new ones, or comes from a process that does not know the
 * log's clock. Both limits together lie below the replay window, within which an operation that is repeated has no effect.
 */
export const isStale = (appendedAt: number, sentAt: number): boolean =>
  appendedAt - sentAt > MAX_DELAY_MS || sentAt - appendedAt > MAX_AHEAD_MS;
