import {
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhenResult,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import { CofferError, type Clock } from '@coffer/secrets';
import type { BreakerOptions } from './options.js';

export const BREAKER: BreakerOptions = { failures: 5, openMs: 500, maxOpenMs: 10_000 };

/** Called with whether the store is left alone now, and with its latest failure. */
export type BreakerListener = (open: boolean, failure: CofferError | undefined) => void;

type Result<T> =
  { readonly kind: 'answered'; readonly value: T } | { readonly kind: 'failed' | 'refused'; readonly error: unknown };

/** The library's own reading of the wall clock never holds a trial call back: `#trialAt` does. */
const AT_ANY_TIME = Number.NEGATIVE_INFINITY;

/** Thrown through the policy by a call that says nothing about the store. */
class Inconclusive extends Error {
  constructor(readonly error: unknown) {
    super('inconclusive');
  }
}

/** What says that the store, rather than the call, is in trouble. A store that throttles answers. */
const isTrouble = (error: unknown): boolean =>
  CofferError.is(error) && (error.code === 'unavailable' || error.code === 'timeout');

/**
 * Leaves a store alone that fails call after call. Once the rest is over the next call of any kind is the trial: its
 * success closes the breaker, its failure doubles the rest. Nothing but calls moves it, so whoever waits for the store
 * must keep calling.
 */
export class Breaker {
  readonly #policy: CircuitBreakerPolicy;
  readonly #options: BreakerOptions;
  #rest: number;
  /** When the next trial call may be made, in milliseconds by the monotonic clock. */
  #trialAt = 0;
  #lastFailure: CofferError | undefined;

  constructor(
    private readonly store: string,
    options: Partial<BreakerOptions>,
    private readonly clock: Clock,
  ) {
    this.#options = { ...BREAKER, ...options };
    this.#rest = this.#options.openMs;
    this.#policy = circuitBreaker(
      handleWhenResult((result) => (result as Result<unknown>).kind === 'failed'),
      { breaker: new ConsecutiveBreaker(this.#options.failures), halfOpenAfter: AT_ANY_TIME },
    );
    this.#policy.onStateChange((state) => this.#moved(state));
  }

  /** Whether the last that is known of the store is that it does not work. */
  get open(): boolean {
    return this.#policy.state !== CircuitState.Closed;
  }

  /**
   * Called at each opening and closing, until the answer is called; `failure` is the latest one of the store, the cause of
   * an opening.
   */
  onChange(listener: BreakerListener): () => void {
    let last = this.open;
    return this.#policy.onStateChange(() => {
      if (this.open === last) return;
      last = this.open;
      listener(last, this.#lastFailure);
    }).dispose;
  }

  /**
   * Throws `unavailable` with the detail `reached: false` while the store rests or a trial is under way. The message and
   * the detail `lastFailure` say what the store failed with.
   */
  assertMayCall(): void {
    const { state } = this.#policy;
    if (state === CircuitState.Closed) return;
    if (state === CircuitState.Open && this.clock.monotonic() >= this.#trialAt) return;
    throw this.#notAsked();
  }

  /** As `assertMayCall`, else the call's own outcome. `inconclusive`: a failure now says nothing about the store. */
  async run<T>(call: () => Promise<T>, inconclusive: () => boolean): Promise<T> {
    this.assertMayCall();
    const trial = this.open;
    const watched = async (): Promise<Result<T>> => {
      try {
        return { kind: 'answered', value: await call() };
      } catch (error) {
        if (!isTrouble(error)) return { kind: 'refused', error };
        // A trial has to end the one way or the other.
        if (!trial && inconclusive()) throw new Inconclusive(error);
        if (CofferError.is(error)) this.#lastFailure = error;
        return { kind: 'failed', error };
      }
    };
    const result = await this.#policy.execute(watched).catch((thrown: unknown) => {
      throw thrown instanceof Inconclusive ? thrown.error : thrown;
    });
    if (result.kind === 'answered') return result.value;
    throw result.error;
  }

  #notAsked(): CofferError {
    const { message = `${this.store}: the store cannot be reached`, details = {}, code } = this.#lastFailure ?? {};
    const failures = `it failed ${this.#options.failures} times in a row and is asked again within ${this.#options.maxOpenMs / 1_000} s`;
    const { vendorCode, status } = details;
    return new CofferError('unavailable', `${message}; ${failures}`, {
      store: this.store,
      reached: false,
      lastFailure: message,
      ...(code === undefined ? {} : { lastCode: code }),
      ...(vendorCode === undefined ? {} : { vendorCode }),
      ...(status === undefined ? {} : { status }),
    });
  }

  #moved(state: CircuitState): void {
    const { openMs, maxOpenMs } = this.#options;
    if (state === CircuitState.Closed) this.#rest = openMs;
    if (state !== CircuitState.Open) return;
    this.#trialAt = this.clock.monotonic() + this.#rest;
    this.#rest = Math.min(this.#rest * 2, maxOpenMs);
  }
}
