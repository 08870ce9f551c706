import type { EventEmitter } from 'node:events';

export interface AdmissionOptions {
  /** Requests under way at the same time, whatever the load. */
  readonly most: number;
  /** The share of the time since it was last asked in which the event loop was not idle, from 0 to 1. */
  readonly utilization: () => number;
}

/**
 * Below this no load takes the limit: so many callers who each wait for their answer are never refused, also where some of
 * them wait for a store that hangs and the process is busy with others.
 */
const LEAST = 128;
/** An event loop that is busier than this answers nobody sooner by taking more. */
const BUSY = 0.95;
const CHANGE = { fall: 0.75, rise: 1.1 };
/**
 * What is under way for so many calls of `adjust` waits for a store, a worker or an event, and takes no processor time
 * meanwhile. Not a time: while the process is short of processor time, everything takes long, but no more turns of the
 * event loop, each of which has one such call at most.
 */
const MAX_COUNTED = 20;

/**
 * Bounds how many requests are under way at once, by how busy the event loop is. Requests beyond it are to be refused at
 * once, which costs a small part of what answering them does, so that those which are let in are answered soon: how long
 * they take is what is under way divided by what is done in a second.
 */
export class AdmissionControl {
  #limit: number;
  #peak = 0;
  /** Calls of `adjust`. */
  #calls = 0;
  /** Answers that are to come, and since which call; the oldest first. */
  readonly #underWay = new Map<EventEmitter, number>();

  constructor(private readonly options: AdmissionOptions) {
    this.#limit = options.most;
  }

  /** How many may be under way now. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  /** Whether there are fewer than may be under way when the event loop has time to rest. */
  get isReduced(): boolean {
    return this.#limit < this.options.most;
  }

  /** Whether there is anything that `adjust` might change. */
  get isIdle(): boolean {
    return this.#underWay.size === 0 && !this.isReduced;
  }

  /** Takes a place until the answer is closed; false where there is none. */
  admit(answer: EventEmitter): boolean {
    if (this.#underWay.size >= this.limit) return false;
    this.#underWay.set(answer, this.#calls);
    this.#peak = Math.max(this.#peak, this.#underWay.size);
    answer.once('close', () => this.release(answer));
    return true;
  }

  /** Gives the answer's place back before it is closed: from now on it waits for what is to come. */
  release(answer: EventEmitter): void {
    this.#underWay.delete(answer);
  }

  /** To be called several times a second, while not idle. */
  adjust(): void {
    const { most, utilization } = this.options;
    this.#calls += 1;
    const fallen = Math.max(Math.min(LEAST, most), Math.min(this.#limit, this.#peak) * CHANGE.fall);
    this.#limit = utilization() > BUSY ? Math.min(this.#limit, fallen) : Math.min(most, this.#limit * CHANGE.rise);
    const before = this.#calls - MAX_COUNTED;
    for (const [answer, since] of this.#underWay) {
      if (since > before) break;
      this.#underWay.delete(answer);
    }
    this.#peak = this.#underWay.size;
  }
}
