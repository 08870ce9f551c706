import type { Clock } from '@coffer/secrets';

/**
 * Milliseconds that never go back and never run slower than either of the clock's readings: the monotonic one may stand
 * still while the machine is suspended, and a deadline that has passed must count as passed.
 */
export class ElapsedTime {
  #monotonic: number;
  #wall: number;
  #elapsed = 0;

  constructor(private readonly clock: Clock) {
    this.#monotonic = clock.monotonic();
    this.#wall = clock.wall();
  }

  now(): number {
    const [monotonic, wall] = [this.clock.monotonic(), this.clock.wall()];
    this.#elapsed += Math.max(monotonic - this.#monotonic, wall - this.#wall, 0);
    this.#monotonic = monotonic;
    this.#wall = wall;
    return this.#elapsed;
  }
}
