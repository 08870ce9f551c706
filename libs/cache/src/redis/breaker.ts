import { ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import { familyOf, type ErrorFamily } from './error-family.js';

/** Failures in a row after which Redis is left alone, and for how long. */
const MAX_FAILURES = 5;
const OPEN_MS = 1_000;

export interface BreakerListener {
  /** Redis is left alone from now on, or asked again; `cause`: of the latest failure. Called on changes only. */
  changed(open: boolean, cause: ErrorFamily): void;
  /** A call failed. */
  failed(family: ErrorFamily): void;
}

/** Where Redis does not answer, or answers with errors, most callers are spared the wait for its deadline. */
export class RedisBreaker {
  readonly #policy = circuitBreaker(handleAll, {
    breaker: new ConsecutiveBreaker(MAX_FAILURES),
    halfOpenAfter: OPEN_MS,
  });
  #open = false;
  #cause: ErrorFamily = 'connection';

  constructor(private readonly listener: BreakerListener) {
    this.#policy.onBreak(() => this.#change(true));
    this.#policy.onReset(() => this.#change(false));
  }

  /** The call's answer, or `undefined` when it failed, took longer than `timeoutMs`, or was not made. */
  async run<T>(call: () => Promise<T>, timeoutMs: number): Promise<T | undefined> {
    const made = async (): Promise<T> => {
      try {
        return await withTimeout(call(), timeoutMs);
      } catch (error) {
        this.#cause = familyOf(error);
        this.listener.failed(this.#cause);
        throw error;
      }
    };
    try {
      return await this.#policy.execute(made);
    } catch {
      return undefined;
    }
  }

  #change(open: boolean): void {
    if (open === this.#open) return;
    this.#open = open;
    this.listener.changed(open, this.#cause);
  }
}

const withTimeout = async <T>(answer: Promise<T>, timeoutMs: number): Promise<T> => {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('late')), timeoutMs);
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
};
