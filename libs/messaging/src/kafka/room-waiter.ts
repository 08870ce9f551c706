import { GROUP_TIMES } from './connection.js';

/** Lets batches wait while too much is in hand. */
export class RoomWaiter {
  readonly #waiting = new Set<() => void>();

  /**
   * Resolves once `isFull` says no: asked at once, after each `wake`, and after each heartbeat, by which the consumer stays a
   * member of its group meanwhile. Rejects with what the heartbeat rejects with.
   */
  async wait(isFull: () => boolean, heartbeat: () => Promise<void>): Promise<void> {
    while (isFull()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, GROUP_TIMES.heartbeatInterval);
      this.#waiting.add(resolve);
      await promise;
      clearTimeout(timer);
      this.#waiting.delete(resolve);
      await heartbeat();
    }
  }

  /** Has everybody who waits ask again. */
  wake(): void {
    for (const wake of this.#waiting) wake();
  }
}
