import type { StoreRates } from '@coffer/backend-contract';
import { CofferError, systemClock, type Clock } from '@coffer/secrets';
import { Breaker } from './breaker.js';
import { Deadline } from './deadline.js';
import { NO_METRICS, type FacadeMetrics, type FacadeOperation, type FacadeOutcome } from './metrics.js';
import type { CallRules, RetryOptions } from './options.js';
import { Rates } from './rates.js';
import { RETRIES, withRetries } from './retry.js';

const CALL_TIMEOUT_MS = 5_000;

type Work<T> = (signal: AbortSignal) => Promise<T>;

const isSuperseded = (result: unknown): boolean =>
  typeof result === 'object' && result !== null && 'outcome' in result && result.outcome === 'superseded';

/** Deadline, rate, breaker, retries and figures of one store's calls. */
export class CallPolicy {
  readonly breaker: Breaker;
  readonly #rates: Rates;
  readonly #retries: RetryOptions;
  readonly #timeout: number;
  readonly #metrics: FacadeMetrics;
  readonly #clock: Clock;

  constructor(
    private readonly store: string,
    {
      callTimeoutMs = CALL_TIMEOUT_MS,
      rateLimit,
      breaker = {},
      retries,
      metrics = NO_METRICS,
      clock = systemClock,
    }: CallRules,
    published: StoreRates = {},
  ) {
    this.#timeout = callTimeoutMs;
    this.#rates = new Rates(store, rateLimit, published);
    this.#retries = { ...RETRIES, ...retries };
    this.#metrics = metrics;
    this.#clock = clock;
    this.breaker = new Breaker(store, breaker, clock);
    this.breaker.onChange((open) => metrics.breaker(open));
  }

  /** A call that changes nothing, and so may be repeated. */
  repeat<T>(operation: FacadeOperation, caller: AbortSignal, work: Work<T>): Promise<T> {
    return this.#observed(operation, caller, (deadline) =>
      withRetries(
        () => this.#attempt(operation, caller, deadline, work),
        this.#retries,
        deadline.signal,
        () => this.#metrics.retry(operation),
      ),
    );
  }

  once<T>(operation: FacadeOperation, caller: AbortSignal, work: Work<T>): Promise<T> {
    return this.#observed(operation, caller, (deadline) => this.#attempt(operation, caller, deadline, work));
  }

  async #observed<T>(
    operation: FacadeOperation,
    caller: AbortSignal,
    run: (deadline: Deadline) => Promise<T>,
  ): Promise<T> {
    const begun = this.#clock.monotonic();
    const deadline = new Deadline(caller, this.#timeout, this.store);
    let outcome: FacadeOutcome = 'internal';
    try {
      const result = await run(deadline);
      outcome = isSuperseded(result) ? 'superseded' : 'ok';
      return result;
    } catch (error) {
      if (CofferError.is(error)) outcome = error.code;
      throw error;
    } finally {
      deadline.end();
      this.#metrics.call(operation, outcome, this.#clock.monotonic() - begun);
    }
  }

  async #attempt<T>(operation: FacadeOperation, caller: AbortSignal, deadline: Deadline, work: Work<T>): Promise<T> {
    deadline.assertAhead();
    this.breaker.assertMayCall();
    await this.#rates.take(operation, deadline.signal);
    const asked = this.#clock.monotonic();
    return this.breaker.run(
      () => deadline.race((signal) => this.#sanitised(work, signal)),
      // Its caller gave it up before the store could be called slow.
      () => caller.aborted && this.#clock.monotonic() - asked < this.#timeout / 2,
    );
  }

  /** Our own errors pass; of anything else nothing is kept, for it may carry what was sent. */
  async #sanitised<T>(work: Work<T>, signal: AbortSignal): Promise<T> {
    try {
      return await work(signal);
    } catch (error) {
      if (CofferError.is(error)) throw error;
      throw new CofferError('unavailable', `${this.store}: the call failed in a way that the adapter does not know`);
    }
  }
}
