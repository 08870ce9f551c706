import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { CofferError, type Clock } from '@coffer/secrets';
import { addressSite } from './address-site.js';
import { NO_LOGIN_METRICS, type LoginKind, type LoginMetrics } from './login-metrics.js';

export interface ThrottleOptions {
  /** Failed logins of one user from one address, or wrong tokens of one address, in a window; then it has to wait. */
  readonly failures: number;
  /** Counts from the first failure. */
  readonly windowMs: number;
}

const DEFAULTS: ThrottleOptions = { failures: 10, windowMs: 60_000 };
/** Bounds the memory, some 2 MB: entries are as long whatever is sent. What failed longest ago is forgotten first. */
const MAX_ENTRIES = 10_000;
/** Whose failures are counted together: those of one user from one address, or all tokens from one address. */
export interface LoginSource {
  readonly address: string;
  /** `undefined` for a login by a token, or by a header that cannot be read. */
  readonly username?: string;
}

const kindOf = ({ username }: LoginSource): LoginKind => (username === undefined ? 'token' : 'password');

const keyOf = ({ address, username }: LoginSource): string =>
  username === undefined ? addressSite(address) : `${addressSite(address)} ${hash('sha256', username, 'base64')}`;

/**
 * Counts failed logins in a fixed window, those of each user apart and apart from wrong tokens, so that behind one proxy
 * nobody is locked out by what others do. Of this process only: each gateway counts for itself.
 */
export class LoginThrottle {
  readonly #options: ThrottleOptions;
  readonly #metrics: LoginMetrics;
  readonly #failures: LRUCache<string, number>;

  constructor(clock: Clock, options: ThrottleOptions = DEFAULTS, metrics: LoginMetrics = NO_LOGIN_METRICS) {
    this.#options = options;
    this.#metrics = metrics;
    this.#failures = new LRUCache({
      max: MAX_ENTRIES,
      ttl: options.windowMs,
      ttlResolution: 0,
      noUpdateTTL: true,
      perf: { now: () => clock.monotonic() },
    });
  }

  /** Throws `throttled`, with the seconds to wait in `details.retryAfter`, once the source has failed too often. */
  check(source: LoginSource): void {
    const key = keyOf(source);
    if ((this.#failures.get(key) ?? 0) < this.#options.failures) return;
    const retryAfter = Math.max(1, Math.ceil(this.#failures.getRemainingTTL(key) / 1000));
    const kind = kindOf(source);
    this.#metrics.throttled(kind);
    const what = kind === 'token' ? 'too many wrong access tokens' : 'too many failed logins of this user';
    throw new CofferError(
      'throttled',
      `${what} from this address; correct the credentials and try again in ${retryAfter} s`,
      { retryAfter },
    );
  }

  failed(source: LoginSource): void {
    this.expect(source);
    this.#metrics.failed(kindOf(source));
  }

  /** Counts a login whose outcome is not known yet for a failure, so that a burst is bounded. */
  expect(source: LoginSource): void {
    const key = keyOf(source);
    this.#failures.set(key, (this.#failures.get(key) ?? 0) + 1);
    this.#metrics.counts(this.#failures.size);
  }

  /** Says that what was expected is so. */
  confirm(source: LoginSource): void {
    this.#metrics.failed(kindOf(source));
  }

  /** Takes one failure back that was counted before its outcome was known. */
  forgive(source: LoginSource): void {
    const key = keyOf(source);
    const count = this.#failures.get(key);
    if (count !== undefined) this.#failures.set(key, count - 1);
  }
}
