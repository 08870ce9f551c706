import type { Clock, Tag } from '@coffer/secrets';
import type { FacadeMetrics } from './metrics.js';

export interface RateLimit {
  /** Calls a second, in the long run. */
  readonly perSecond: number;
  /** Calls at once after a rest; defaults to those of one second, at least one. */
  readonly burst?: number;
}

export interface BreakerOptions {
  /** Calls in a row that find the store unavailable or too late, before it is left alone; default 5. */
  readonly failures: number;
  /** How long the breaker stays open until it lets a trial call through; doubled after each that fails. Default 500. */
  readonly openMs: number;
  /** The longest that the breaker stays open; default 10,000. */
  readonly maxOpenMs: number;
}

export interface RetryOptions {
  /** Repetitions of a read, a list's first page or a check, after the first try; default 2. Writes: the worker's. */
  readonly attempts: number;
  /** The n-th wait is random between 0 and `initialDelayMs · 2^n`, at most `maxDelayMs`; default 25 and 500. */
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
}

export interface PrefixFilter {
  readonly prefix: string;
  /** Whether callers see and write the prefix as part of the key. */
  readonly keepPrefix: boolean;
}

/** What decides which of the store's secrets callers see, and under which key. */
export interface Filters {
  /** Secrets without all of these are not seen. */
  readonly filterOnTags?: readonly Tag[];
  /** Secrets with any of these are not seen. */
  readonly excludedTags?: readonly Tag[];
  /** Secrets whose key begins otherwise are not seen. */
  readonly filterOnPrefix?: PrefixFilter;
}

export interface CallRules {
  /** Deadline of one call, its retries and its waiting included; of a list, for each page. Default 5,000. */
  readonly callTimeoutMs?: number;
  /** Limit of all calls together; defaults to the store's own rates, for each kind of call. */
  readonly rateLimit?: RateLimit;
  readonly breaker?: Partial<BreakerOptions>;
  readonly retries?: Partial<RetryOptions>;
  readonly metrics?: FacadeMetrics;
  /** Defaults to the system's. */
  readonly clock?: Clock;
}

export interface FacadeOptions extends CallRules, Filters {
  readonly readOnly?: boolean;
  /** Put on every secret that is created or updated, unless the caller names the same key. */
  readonly defaultTags?: readonly Tag[];
}
