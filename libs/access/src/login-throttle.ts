import { hash } from 'node:crypto';
import { CofferError, type Clock } from '@coffer/secrets';
import { addressSite } from './address-site.js';
import { FailureCounts } from './failure-counts.js';
import { NO_LOGIN_METRICS, type LoginKind, type LoginMetrics } from './login-metrics.js';

export interface ThrottleOptions {
  /** Failed logins of one user from one address, or wrong tokens of one address, in a window; then it has to wait. */
  readonly failures: number;
  /** Counts from the first failure. */
  readonly windowMs: number;
}

const DEFAULTS: ThrottleOptions = { failures: 10, windowMs: 60_000 };
/** Whose failures are counted together: those of one user or role from one address, or all tokens from one address. */
export interface LoginSource {
  readonly address: string;
  /** Who logs in by a password. Without it and a role: a login by a token, or by a header that cannot be read. */
  readonly username?: string;
  /** The role of a login by a secret id. */
  readonly role?: string;
}

const nameOf = ({ username, role }: LoginSource): string | undefined => username ?? role;

const kindOf = (source: LoginSource): LoginKind => (nameOf(source) === undefined ? 'token' : 'password');

const keyOf = (source: LoginSource): string => {
  const name = nameOf(source);
  const site = addressSite(source.address);
  return name === undefined ? site : `${site} ${hash('sha256', name, 'base64')}`;
};

/**
 * Counts failed logins in a fixed window, those of each user apart and apart from wrong tokens, so that behind one proxy
 * nobody is locked out by what others do. Users, roles and tokens are remembered apart: invented ones of one sort push out none
 * of another. Of this process only: each gateway counts for itself.
 */
export class LoginThrottle {
  readonly #metrics: LoginMetrics;
  readonly #users: FailureCounts;
  readonly #roles: FailureCounts;
  readonly #tokens: FailureCounts;

  constructor(clock: Clock, options: ThrottleOptions = DEFAULTS, metrics: LoginMetrics = NO_LOGIN_METRICS) {
    this.#metrics = metrics;
    const { failures, windowMs } = options;
    this.#users = new FailureCounts(clock, windowMs, failures);
    this.#roles = new FailureCounts(clock, windowMs, failures);
    this.#tokens = new FailureCounts(clock, windowMs, failures);
  }

  /** Throws `throttled`, with the seconds to wait in `details.retryAfter`, once the source has failed too often. */
  check(source: LoginSource): void {
    const waitMs = this.#countsOf(source).waitMsOf(keyOf(source));
    if (waitMs === undefined) return;
    const retryAfter = Math.max(1, Math.ceil(waitMs / 1000));
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
    this.#countsOf(source).add(keyOf(source), 1);
    this.#metrics.counts(this.#users.size + this.#roles.size + this.#tokens.size);
  }

  /** Says that what was expected is so. */
  confirm(source: LoginSource): void {
    this.#metrics.failed(kindOf(source));
  }

  /** Takes one failure back that was counted before its outcome was known. */
  forgive(source: LoginSource): void {
    this.#countsOf(source).add(keyOf(source), -1);
  }

  #countsOf({ username, role }: LoginSource): FailureCounts {
    if (username !== undefined) return this.#users;
    return role === undefined ? this.#tokens : this.#roles;
  }
}
