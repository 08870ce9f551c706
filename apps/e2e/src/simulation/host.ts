import { ElapsedTime } from '@coffer/coherence';
import type { Clock } from '@coffer/secrets';
import type { Schedule } from './schedule.js';

/** How far a host's clock may be from true time, as a factor of its speed: two of them differ by less than ε over T. */
export const CLOCK_ERROR = 0.055;
/** How often a wall clock that runs slow is set right: it is never late by more than 200 ms. */
const WALL_STEP_MS = 3_600;

/** Something that a process says to another one, or to a server, may be cut or slowed. */
export interface Link {
  cut: boolean;
  /** Added to the time of every message, in milliseconds. */
  slow: number;
}

const running: { host?: Host } = {};

/** The process whose code runs now; `undefined` between processes. */
export const runningHost = (): Host | undefined => running.host;

/** One life of a simulated process: its clock, its links, and what stops it. */
export class Host {
  readonly log: Link = { cut: false, slow: 0 };
  readonly redis: Link = { cut: false, slow: 0 };
  readonly clock: Clock;
  readonly time: ElapsedTime;
  #alive = true;
  #pausedUntil = -Infinity;

  /** `error`: of its clock, as a factor of its speed. `skewMs`: of its wall clock. */
  constructor(
    readonly name: string,
    private readonly schedule: Schedule,
    error: number,
    skewMs: number,
  ) {
    this.clock = {
      monotonic: () => schedule.now * (1 + error),
      // Never slower than both, elapsed time errs only where the wall clock errs as well.
      wall: () => schedule.now + skewMs + Math.min(0, error) * (schedule.now % WALL_STEP_MS),
    };
    this.time = new ElapsedTime(this.clock);
  }

  /** Milliseconds that have passed, by its own clock. */
  get now(): number {
    return this.time.now();
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

  /** Runs a step of its code now. What the step's promises lead to runs before any other step. */
  run<T>(step: () => T): T {
    running.host = this;
    this.schedule.stepped = true;
    return step();
  }

  after(delay: number, step: () => void): void {
    this.schedule.after(delay, () => this.#resume(step));
  }

  /** Calls a task for the rest of the process's life, first after one period. */
  every(period: number, step: () => void): void {
    this.after(period, () => {
      step();
      this.every(period, step);
    });
  }

  #resume(step: () => void): void {
    if (!this.#alive) return;
    if (this.paused) this.schedule.at(this.#pausedUntil, () => this.#resume(step));
    else this.run(step);
  }
}
