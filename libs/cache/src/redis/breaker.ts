import { ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';

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

  /** The call's answer, or `undefined` when it failed, took longer than `deadline` (milliseconds), or was not made. */
  async run<T>(call: () => Promise<T>, deadline: number): Promise<T | undefined> {
    try {
      return await this.#policy.execute(() => within(call(), deadline));
    } catch {
      return undefined;
    }
  }
}

const within = async <T>(answer: Promise<T>, deadline: number): Promise<T> => {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('late')), deadline);
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
};
