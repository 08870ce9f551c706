/**
 * Runs so many tasks in one turn of the event loop and the others in the turns after it, in their order. What is under way
 * and needs several turns, such as a write, then waits in each for a few new tasks only. Whoever adds tasks bounds them.
 */
export class TurnQueue {
  readonly #waiting: (() => void)[] = [];
  #ran = 0;
  #scheduled = false;

  constructor(private readonly perTurn: number) {}

  run(task: () => void): void {
    this.#schedule();
    if (this.#ran >= this.perTurn || this.#waiting.length > 0) {
      this.#waiting.push(task);
      return;
    }
    this.#ran += 1;
    task();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      const tasks = this.#waiting.splice(0, this.perTurn);
      this.#ran = tasks.length;
      if (tasks.length > 0) this.#schedule();
      for (const task of tasks) task();
    });
  }
}
