import type { Schedule } from './schedule.js';

/** How far a host's clock may be from true time, as a factor of its speed: two of them differ by less than ε over T. */
export const CLOCK_ERROR = 0.055;

/** Something that a process says to another one, or to a server, may be cut or slowed. */
export interface Link {
  cut: boolean;
  /** Added to the time of every message, in milliseconds. */
  slow: number;
}

/** One life of a simulated process: its clock, its links, and what stops it. */
export class Host {
  readonly log: Link = { cut: false, slow: 0 };
  readonly redis: Link = { cut: false, slow: 0 };
  #alive = true;
  #pausedUntil = -Infinity;

  /** `speed`: of its clock. `skew`: of its wall clock, in milliseconds. */
  constructor(
    readonly name: string,
    private readonly schedule: Schedule,
    private readonly speed: number,
    private readonly skew: number,
  ) {}

  /** Milliseconds that have passed, by its own clock. */
  get now(): number {
    return this.schedule.now * this.speed;
  }

  get wall(): number {
    return this.schedule.now + this.skew;
  }

  get alive(): boolean {
    return this.#alive;
  }

  get paused(): boolean {
    return this.schedule.now < this.#pausedUntil;
  }

  kill(): void {
    this.#alive = false;
  }

  /** Stops it, as SIGSTOP does: what is due meanwhile runs when it goes on. */
  pause(duration: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.schedule.now + duration);
  }

  after(delay: number, run: () => void): void {
    this.schedule.after(delay, () => this.#run(run));
  }

  /** For the rest of its life, first after one period. */
  every(period: number, run: () => void): void {
    this.after(period, () => {
      run();
      this.every(period, run);
    });
  }

  #run(run: () => void): void {
    if (!this.#alive) return;
    if (this.paused) this.schedule.at(this.#pausedUntil, () => this.#run(run));
    else run();
  }
}
