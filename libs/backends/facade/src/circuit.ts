import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  circuitBreaker,
  handleWhen,
  noJitterGenerator,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import { CofferError, type ErrorCode } from '@coffer/secrets';
import type { BreakerOptions } from './options.js';

const DEFAULTS: BreakerOptions = { failures: 5, rest: 500, maxRest: 10_000 };
/** What says that the store, rather than the call, is in trouble. */
const COUNTED: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['unavailable', 'timeout', 'throttled']);

/** A call that its own caller gave up says nothing about the store. */
class GivenUp extends Error {
  constructor(readonly reason: unknown) {
    super('given up');
  }
}

/** Lets a store rest that fails call after call; one call at a time then tries whether it is back. */
export class Circuit {
  readonly #policy: CircuitBreakerPolicy;

  constructor(
    private readonly store: string,
    options: Partial<BreakerOptions> = {},
  ) {
    const { failures, rest, maxRest } = { ...DEFAULTS, ...options };
    this.#policy = circuitBreaker(
      handleWhen((error) => CofferError.is(error) && COUNTED.has(error.code)),
      {
        breaker: new ConsecutiveBreaker(failures),
        halfOpenAfter: new ExponentialBackoff({ generator: noJitterGenerator, initialDelay: rest, maxDelay: maxRest }),
      },
    );
  }

  /** Whether the last that is known of the store is that it does not work. */
  get open(): boolean {
    return this.#policy.state !== CircuitState.Closed;
  }

  /** Called at each opening and closing, until the answer is called. */
  onChange(listener: (open: boolean) => void): () => void {
    let last = this.open;
    const { dispose } = this.#policy.onStateChange((state) => {
      const open = state !== CircuitState.Closed;
      if (open !== last) listener(open);
      last = open;
    });
    return dispose;
  }

  /** Throws `unavailable` with the detail `reached: false`, without calling, while the store rests. */
  async run<T>(caller: AbortSignal, work: () => Promise<T>): Promise<T> {
    try {
      return await this.#policy.execute(async () => {
        try {
          return await work();
        } catch (error) {
          throw caller.aborted ? new GivenUp(error) : error;
        }
      });
    } catch (error) {
      if (error instanceof GivenUp) throw error.reason;
      if (!(error instanceof BrokenCircuitError)) throw error;
      const message = `${this.store}: the store failed several times in a row and is left alone for a moment`;
      throw new CofferError('unavailable', message, { store: this.store, reached: false });
    }
  }
}
