import { Failure } from './failure.ts';

/** "4,000 transactions in 10 seconds, per vault per region": https://learn.microsoft.com/en-us/azure/key-vault/general/service-limits */
export const PUBLISHED_LIMIT = 4_000;
const WINDOW_MS = 10_000;

/**
 * "When a service threshold is exceeded, Key Vault limits any further requests from that client, returns HTTP status
 * code 429 (Too many requests), and the request fails":
 * https://learn.microsoft.com/en-us/azure/key-vault/general/overview-throttling
 */
export class Throttle {
  limit: number;
  readonly now: () => number;
  #count = 0;
  #end = 0;

  /** `limit`: requests in 10 s. `now`: milliseconds. */
  constructor(limit: number, now: () => number) {
    this.limit = limit;
    this.now = now;
  }

  admit() {
    const now = this.now();
    if (now >= this.#end) [this.#count, this.#end] = [0, now + WINDOW_MS];
    // "Failed requests that return a 429 do not count towards the throttle limits": the same page.
    if (this.#count >= this.limit) {
      const seconds = Math.max(1, Math.ceil((this.#end - now) / 1000));
      const message = 'Request was not processed because too many requests were received.';
      throw new Failure(429, 'Throttled', message, { headers: { 'retry-after': `${seconds}` } });
    }
    this.#count += 1;
  }
}
