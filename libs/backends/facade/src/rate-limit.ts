import { TokenBucket } from 'limiter';
import { CofferError } from '@coffer/secrets';
import type { RateLimit } from './options.js';

/**
 * A token bucket whose callers wait in the order of their coming. One that gives up leaves no trace: the queue of the
 * bucket itself would still spend a token on it.
 */
export class RateLimiter {
  readonly #bucket: TokenBucket;
  readonly #waiting = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: string,
    { perSecond, burst = Math.max(1, perSecond) }: RateLimit,
  ) {
    this.#bucket = new TokenBucket({ bucketSize: burst, tokensPerInterval: perSecond, interval: 'second' });
    this.#bucket.content = burst;
  }

  /** Resolves with a token spent; throws `throttled` when the signal fires before there is one. */
  async take(signal: AbortSignal): Promise<void> {
    if (this.#waiting.size === 0 && this.#bucket.tryRemoveTokens(1)) return;
    await new Promise<void>((resolve, reject) => {
      const giveUp = (): void => {
        this.#waiting.delete(goOn);
        this.#schedule();
        reject(this.#refusal());
      };
      const goOn = (): void => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      if (signal.aborted) return reject(this.#refusal());
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting.add(goOn);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#waiting.size === 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      return;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      for (const goOn of this.#waiting) {
        if (!this.#bucket.tryRemoveTokens(1)) break;
        this.#waiting.delete(goOn);
        goOn();
      }
      this.#schedule();
    }, this.#bucket.getWaitTime(1));
  }

  #refusal(): CofferError {
    const message = `${this.store}: more calls are waiting than the configured rate lets through`;
    return new CofferError('throttled', message, { store: this.store, reached: false });
  }
}
