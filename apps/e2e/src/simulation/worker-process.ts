import { WorkerRuntime } from '@coffer/secret-worker';
import { LOGGER, type Context } from './context.js';
import type { Host } from './host.js';
import type { MutationQueue } from './mutation-queue.js';

/** Longest time from a delivery's leaving the client to its coming to the worker, in milliseconds. */
const HOP_MS = 3;
/** Later than the group's session, as in the product. */
const RECLAIM_DELAY_MS = 2_500;
const DEAD_LETTER_DELAY_MS = 20;

/** One time as the owner of a partition, as far as this process has heard from the group. */
interface Assignment {
  next: number;
}

/** A worker: the shipped one, as a member of the group of a simulated queue. */
export class WorkerProcess {
  readonly #runtime: WorkerRuntime;
  readonly #assignments = new Map<MutationQueue, Assignment>();
  #unanswered = 0;

  constructor(
    context: Context,
    readonly host: Host,
    private readonly index: number,
    generation: number,
  ) {
    const { timing, rules, topology, metrics, sealer } = context;
    const store = { name: 'default', backend: context.store.of(host) };
    this.#runtime = new WorkerRuntime({
      messaging: {
        ...{ topology, log: context.log.of(host) },
        isOffsetOf: () => Promise.resolve(true),
        deadLetters: { add: () => this.#addDeadLetter() },
      },
      stores: { of: () => store, onBreaker: () => undefined },
      ...{ sealer, timing, generation, clock: host.clock, logger: LOGGER, metrics, protocolRules: rules },
      reclaimDelayMs: RECLAIM_DELAY_MS,
    });
    context.log.tail(host, (entry) => this.#runtime.read(entry));
    this.#runtime.start();
  }

  /** Deliveries that are neither finished nor handed over. */
  get unanswered(): number {
    return this.#unanswered;
  }

  /** The group says that the partition is this worker's. */
  assigned(queue: MutationQueue): void {
    this.#runtime.assigned(queue.partition);
    this.#assignments.set(queue, { next: queue.firstUnfinished });
    this.pump(queue);
  }

  revoked(queue: MutationQueue): void {
    this.#assignments.delete(queue);
    this.#runtime.revoked(queue.partition);
  }

  /** Delivers what is new, in order. */
  pump(queue: MutationQueue): void {
    const assignment = this.#assignments.get(queue);
    if (assignment === undefined) return;
    for (; assignment.next < queue.mutations.length; assignment.next += 1) {
      const place = assignment.next;
      // A constant time each, so that none overtakes another.
      this.host.after(HOP_MS, () => this.#deliver(queue, place, assignment));
    }
  }

  #deliver(queue: MutationQueue, place: number, assignment: Assignment): void {
    const delivery = queue.mutations[place]?.delivery;
    // It may come after its assignment, but never after the next one.
    const current = this.#assignments.get(queue) ?? assignment;
    if (delivery === undefined || current !== assignment) return;
    this.#unanswered += 1;
    const answered = (): void => void (this.#unanswered -= 1);
    this.#runtime.deliver(delivery).then(() => {
      answered();
      // The group takes commits of its members alone.
      const isMember = this.#assignments.get(queue) === assignment && queue.assigned === this.index;
      if (isMember) queue.finish(delivery.offset);
    }, answered);
  }

  #addDeadLetter(): Promise<void> {
    return new Promise((resolve) => this.host.after(DEAD_LETTER_DELAY_MS, resolve));
  }
}
