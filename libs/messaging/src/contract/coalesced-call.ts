/** Each caller gets the answer of a call that began after it asked; at most one is under way, and one waits behind it. */
export class CoalescedCall<T> {
  #running: Promise<unknown> = Promise.resolve();
  #next: Promise<T> | undefined;

  constructor(private readonly run: () => Promise<T>) {}

  ask(): Promise<T> {
    return (this.#next ??= this.#begin());
  }

  async #begin(): Promise<T> {
    await this.#running.catch(() => undefined);
    this.#next = undefined;
    const running = this.run();
    this.#running = running;
    return running;
  }
}
