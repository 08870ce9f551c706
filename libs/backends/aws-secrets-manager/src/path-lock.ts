import type { SecretPath } from '@coffer/secrets';
import { failure } from './errors.js';

/**
 * One change of a path at a time in this process, in the order of their coming. Throws `timeout` when the signal fires
 * while others are still at it.
 */
export class PathLock {
  readonly #last = new Map<string, Promise<void>>();

  async run<T>(path: SecretPath, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const name = path.toString();
    const before = this.#last.get(name);
    let release = (): void => undefined;
    const mine = new Promise<void>((resolve) => (release = resolve));
    const turn = before === undefined ? mine : before.then(() => mine);
    this.#last.set(name, turn);
    void turn.then(() => {
      if (this.#last.get(name) === turn) this.#last.delete(name);
    });
    try {
      if (before !== undefined) await this.#unless(signal, before);
      return await work();
    } finally {
      release();
    }
  }

  #unless(signal: AbortSignal, before: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = (): void => reject(failure('timeout', 'other changes of the secret took all of the time'));
      if (signal.aborted) return late();
      signal.addEventListener('abort', late, { once: true });
      void before.then(() => {
        signal.removeEventListener('abort', late);
        resolve();
      });
    });
  }
}
