import { CofferError } from '@coffer/secrets';

/** Callers that wait until something has been read; asked again after each step of the reader. */
export class OffsetWaiter {
  readonly #waiting = new Map<() => boolean, () => void>();

  /** Resolves once `reached`; throws `unavailable` when the signal comes first. */
  async wait(reached: () => boolean, signal: AbortSignal): Promise<void> {
    if (reached()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const giveUp = (): void =>
      reject(new CofferError('unavailable', 'the end of the coherence log was not reached in time'));
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp);
    this.#waiting.set(reached, resolve);
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', giveUp);
      this.#waiting.delete(reached);
    }
  }

  /** The reader went on. */
  step(): void {
    for (const [reached, resolve] of this.#waiting) if (reached()) resolve();
  }
}
