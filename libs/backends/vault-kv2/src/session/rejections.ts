import { CofferError } from '@coffer/secrets';

const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 60_000;

/**
 * Remembers that credentials were refused, so that many calls do not become as many logins: Vault locks a user out
 * after a few (https://developer.hashicorp.com/vault/docs/concepts/user-lockout).
 */
export class Rejections {
  #error: CofferError | undefined;
  #until = 0;
  #rest = FIRST_PAUSE_MS;

  /** The work's outcome; for a while after an `unauthenticated` one the same again without the work. */
  async unlessRefused<T>(work: () => Promise<T>): Promise<T> {
    if (this.#error !== undefined && performance.now() < this.#until) {
      throw new CofferError(this.#error.code, this.#error.message, this.#error.details);
    }
    try {
      const result = await work();
      this.#error = undefined;
      this.#rest = FIRST_PAUSE_MS;
      return result;
    } catch (error) {
      if (CofferError.is(error, 'unauthenticated')) {
        this.#error = error;
        this.#until = performance.now() + this.#rest;
        this.#rest = Math.min(this.#rest * 2, MAX_PAUSE_MS);
      }
      throw error;
    }
  }
}
