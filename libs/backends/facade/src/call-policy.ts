import { ExponentialBackoff, fullJitterGenerator, handleWhen, retry, type RetryPolicy } from 'cockatiel';
import { TokenBucket } from 'limiter';
import { CofferError, systemClock, type Clock } from '@coffer/secrets';
import { Circuit } from './circuit.js';
import { tooLate, withDeadline } from './deadline.js';
import { NO_METRICS, type FacadeMetrics, type FacadeOperation } from './metrics.js';
import type { FacadeOptions, RetryOptions } from './options.js';

const CALL_TIMEOUT = 5_000;
const RETRIES: RetryOptions = { attempts: 2, initialDelay: 25, maxDelay: 500 };

const isWorthRetrying = (error: unknown): boolean =>
  CofferError.is(error) && error.retryable && error.details['reached'] !== false;

/** Ours pass; of anything else nothing is kept, for it may carry what was sent. */
const sanitised = (error: unknown, store: string): CofferError =>
  CofferError.is(error)
    ? error
    : new CofferError('unavailable', `${store}: the call failed in a way that the adapter does not know`, { store });

/** Deadline, rate, circuit, retries and figures of one store's calls. */
export class CallPolicy {
  readonly circuit: Circuit;
  readonly #retry: RetryPolicy;
  readonly #bucket: TokenBucket | undefined;
  readonly #timeout: number;
  readonly #metrics: FacadeMetrics;

  constructor(
    private readonly store: string,
    { callTimeout = CALL_TIMEOUT, rateLimit, breaker, retries, metrics = NO_METRICS }: FacadeOptions,
    private readonly clock: Clock = systemClock,
  ) {
    const { attempts, initialDelay, maxDelay } = { ...RETRIES, ...retries };
    this.#timeout = callTimeout;
    this.#metrics = metrics;
    this.circuit = new Circuit(store, breaker);
    this.circuit.onChange((open) => metrics.breaker(open));
    this.#retry = retry(handleWhen(isWorthRetrying), {
      maxAttempts: attempts,
      backoff: new ExponentialBackoff({ generator: fullJitterGenerator, initialDelay, maxDelay }),
    });
    if (rateLimit !== undefined) {
      const { burst, perSecond } = rateLimit;
      this.#bucket = new TokenBucket({ bucketSize: burst, tokensPerInterval: perSecond, interval: 'second' });
      this.#bucket.content = burst;
    }
  }

  /** A call that may be repeated: it changes nothing. */
  async repeat<T>(operation: FacadeOperation, caller: AbortSignal, work: (signal: AbortSignal) => Promise<T>) {
    return this.#measured(operation, caller, (signal) =>
      this.#retry.execute(({ attempt }) => {
        if (attempt > 0) this.#metrics.retry(operation);
        return this.#attempt(caller, signal, work);
      }, signal),
    );
  }

  async once<T>(operation: FacadeOperation, caller: AbortSignal, work: (signal: AbortSignal) => Promise<T>) {
    return this.#measured(operation, caller, (signal) => this.#attempt(caller, signal, work));
  }

  async #measured<T>(operation: FacadeOperation, caller: AbortSignal, work: (signal: AbortSignal) => Promise<T>) {
    const begun = this.clock.monotonic();
    let outcome: Parameters<FacadeMetrics['call']>[1] = 'ok';
    try {
      const result = await withDeadline(caller, this.#timeout, this.store, work);
      if (isSuperseded(result)) outcome = 'superseded';
      return result;
    } catch (error) {
      const safe = sanitised(error, this.store);
      outcome = safe.code;
      throw safe;
    } finally {
      this.#metrics.call(operation, outcome, this.clock.monotonic() - begun);
    }
  }

  async #attempt<T>(caller: AbortSignal, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    await this.#token(signal);
    return this.circuit.run(caller, () =>
      // The circuit has to learn of a deadline even from an adapter that does not heed it.
      withDeadline(signal, this.#timeout, this.store, async (inner) => {
        try {
          return await work(inner);
        } catch (error) {
          throw sanitised(error, this.store);
        }
      }),
    );
  }

  async #token(signal: AbortSignal): Promise<void> {
    if (this.#bucket === undefined) return;
    if (this.#bucket.getWaitTime(1) > this.#timeout) {
      throw new CofferError('throttled', `${this.store}: more calls are waiting than its rate limit lets through`, {
        store: this.store,
      });
    }
    await this.#bucket.removeTokens(1);
    if (signal.aborted) throw tooLate(this.store);
  }
}

const isSuperseded = (result: unknown): boolean =>
  typeof result === 'object' && result !== null && 'outcome' in result && result.outcome === 'superseded';
