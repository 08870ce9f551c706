import type { Fence } from '@coffer/secrets';
import type { Attempt } from './events.js';
import { Job, type Phase } from './job.js';

/**
 * Mutations of one store that are prepared at a time. A long queue that was prepared all at once would be cleared later
 * than the apply deadline, and be prepared again, for ever.
 */
const UNDER_WAY = 32;

/** How many mutations stand where; those behind the head of their path's queue are `queued`. */
export type PhaseCounts = Record<Phase['name'] | 'queued', number>;

/** The mutations in hand: a queue for each path, whose head alone is worked on. */
export class PathQueues {
  readonly #queues = new Map<string, [Job, ...Job[]]>();
  readonly #byFence = new Map<Fence, Job>();

  get size(): number {
    return this.#byFence.size;
  }

  /** The lowest fence in hand: they are pushed in growing order. */
  get lowest(): Fence | undefined {
    const [lowest] = this.#byFence.keys();
    return lowest;
  }

  /** The head of every path's queue. */
  heads(): Job[] {
    return Array.from(this.#queues.values(), ([head]) => head);
  }

  /** Takes as long as there are paths. */
  get phases(): PhaseCounts {
    const counts = { pausing: 0, preparing: 0, applying: 0, 'dead-lettering': 0, ending: 0 };
    for (const [head] of this.#queues.values()) counts[head.phase.name] += 1;
    return { ...counts, queued: this.#byFence.size - this.#queues.size };
  }

  /** Whether another mutation of that store may be begun. */
  hasRoom(manager: string): boolean {
    let room = UNDER_WAY;
    for (const [head] of this.#queues.values()) {
      if (head.isUnderWay && head.attempt.manager === manager) room -= 1;
      if (room === 0) return false;
    }
    return true;
  }

  all(): Job[] {
    return [...this.#byFence.values()];
  }

  find(fence: Fence): Job | undefined {
    return this.#byFence.get(fence);
  }

  /**
   * Answers the job when it is the head of its queue. A fence already in hand is not taken twice. `repeats`: see `Job`.
   */
  push(attempt: Attempt, repeats: boolean): Job | undefined {
    if (this.#byFence.has(attempt.fence)) return undefined;
    const job = new Job(attempt);
    job.repeats = repeats;
    this.#byFence.set(attempt.fence, job);
    const queue = this.#queues.get(attempt.path);
    if (queue !== undefined) {
      queue.push(job);
      return undefined;
    }
    this.#queues.set(attempt.path, [job]);
    return job;
  }

  /**
   * Removes the head of a queue, which has ended, and those behind it that are over as well. Answers them and the head
   * that is left. What repeats the operation further behind is marked now: what the log said is forgotten after a window.
   */
  finish(head: Job, hasEnded: (attempt: Attempt) => boolean): { over: Job[]; next: Job | undefined } {
    for (const job of this.#queues.get(head.attempt.path) ?? []) {
      if (job.attempt.operation === head.attempt.operation) job.repeats ||= hasEnded(job.attempt);
    }
    const over: Job[] = [];
    let next = this.#shift(head);
    while (next !== undefined && (next.repeats || hasEnded(next.attempt))) {
      over.push(next);
      next = this.#shift(next);
    }
    return { over, next };
  }

  #shift(head: Job): Job | undefined {
    const { path, fence } = head.attempt;
    this.#byFence.delete(fence);
    const queue: Job[] = this.#queues.get(path) ?? [];
    queue.shift();
    if (queue.length === 0) this.#queues.delete(path);
    return queue[0];
  }

  clear(): void {
    this.#queues.clear();
    this.#byFence.clear();
  }
}
