import { setTimeout as delay } from 'node:timers/promises';
import { CofferError } from '@coffer/secrets';
import type { RetryOptions } from './options.js';

export const RETRIES: RetryOptions = { attempts: 2, initialDelayMs: 25, maxDelayMs: 500 };

/** A call that was refused on this side of the store would be refused again. */
const isWorthRetrying = (error: unknown): boolean =>
  CofferError.is(error) && error.retryable && error.details['reached'] !== false;

/**
 * Repeats a call that changes nothing, after waits with full jitter
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), while its failure may pass. Gives up with
 * the last failure when `signal` fires, also in the middle of a wait.
 */
export const withRetries = async <T>(
  call: () => Promise<T>,
  { attempts, initialDelayMs, maxDelayMs }: RetryOptions,
  signal: AbortSignal,
  onRetry: () => void,
): Promise<T> => {
  for (let repetition = 0; ; repetition += 1) {
    try {
      return await call();
    } catch (error) {
      if (repetition >= attempts || signal.aborted || !isWorthRetrying(error)) throw error;
      const wait = Math.random() * Math.min(maxDelayMs, initialDelayMs * 2 ** repetition);
      await delay(wait, undefined, { signal }).catch(() => {
        throw error;
      });
      onRetry();
    }
  }
};
