import { ConsecutiveBreaker, circuitBreaker, handleAll, isBrokenCircuitError } from 'cockatiel';

/** Failures in a row after which Redis is left alone, and for how long, in milliseconds. */
const FAILURES = 5;
const REST = 1_000;

/** Where Redis does not answer, most callers are spared the wait for its deadline. */
export class RedisBreaker {
  readonly #policy = circuitBreaker(handleAll, { breaker: new ConsecutiveBreaker(FAILURES), halfOpenAfter: REST });

  constructor(onChange: (open: boolean) => void) {
    this.#policy.onBreak(() => onChange(true));
    this.#policy.onReset(() => onChange(false));
  }

  /** The call's answer, or `undefined` when it failed, took too long, or was not made. */
  async run<T>(call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await this.#policy.execute(call);
    } catch (error) {
      if (isBrokenCircuitError(error) || error instanceof Error) return undefined;
      throw error;
    }
  }
}
