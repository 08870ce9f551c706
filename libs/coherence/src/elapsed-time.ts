import type { Clock } from '@coffer/secrets';

/** Beyond this the two readings disagree, and what has passed by either of them is kept. */
const MAX_DISAGREEMENT_MS = 20;
/** The readings are compared over stretches no longer than this. */
const MAX_STRETCH_MS = 1_000;

/**
 * Milliseconds that never go back and never run slower than either of the clock's readings: the monotonic one may stand
 * still while the machine is suspended, and a deadline that has passed must count as passed. Faster than both by at most
 * the grain of one reading per second, however often it is asked.
 */
export class ElapsedTime {
  #monotonic: number;
  #wall: number;
  #passed = 0;
  #latest = 0;

  constructor(private readonly clock: Clock) {
    this.#monotonic = clock.monotonic();
    this.#wall = clock.wall();
  }

  now(): number {
    const [monotonic, wall] = [this.clock.monotonic(), this.clock.wall()];
    const [byMonotonic, byWall] = [monotonic - this.#monotonic, wall - this.#wall];
    const now = this.#passed + Math.max(byMonotonic, byWall, 0);
    if (byMonotonic >= MAX_STRETCH_MS || Math.abs(byWall - byMonotonic) > MAX_DISAGREEMENT_MS) {
      this.#passed = now;
      this.#monotonic = monotonic;
      this.#wall = wall;
    }
    this.#latest = Math.max(this.#latest, now);
    return this.#latest;
  }
}
