interface Due {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

const isBefore = (a: Due, b: Due): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Resolves once no promise has anything left to do: Node takes up its ticks only then. */
const settled = (): Promise<void> => new Promise((resolve) => queueMicrotask(() => process.nextTick(resolve)));

/**
 * Virtual time: what is due runs in the order of its time, and among equals in the order in which it was asked for. Each
 * step ends when no promise has anything left to do, so a run is a function of what is scheduled and of nothing else.
 */
export class Schedule {
  /** Binary heap: `heap[0]` is due first. */
  readonly #heap: Due[] = [];
  #order = 0;
  #now = 0;
  /** Set by whatever may have left promises to settle. */
  stepped = true;

  /** Milliseconds since the beginning. */
  get now(): number {
    return this.#now;
  }

  at(time: number, run: () => void): void {
    const heap = this.#heap;
    let place = heap.length;
    const due = { at: Math.max(time, this.#now), order: this.#order++, run };
    heap.push(due);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, due)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = due;
  }

  after(delay: number, run: () => void): void {
    this.at(this.#now + delay, run);
  }

  /** Runs what is due, and time on to `end`; or until `done`. */
  async run(end: number, done: () => boolean = () => false): Promise<void> {
    for (let due = this.#heap[0]; due !== undefined && due.at <= end; due = this.#heap[0]) {
      if (done()) return;
      this.#take();
      this.#now = due.at;
      due.run();
      if (!this.stepped) continue;
      await settled();
      this.stepped = false;
    }
    this.#now = end;
  }

  #take(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      const [left, right] = [heap[child], heap[child + 1]];
      if (left === undefined) break;
      if (right !== undefined && isBefore(right, left)) child += 1;
      const least = heap[child];
      if (least === undefined || isBefore(last, least)) break;
      heap[place] = least;
      place = child;
    }
    heap[place] = last;
  }
}
