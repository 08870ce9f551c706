/** What a failed login was: a password that is wrong, or a token or header that is. */
export type LoginKind = 'password' | 'token';

/** Receives counts of failed logins; called synchronously. */
export interface LoginMetrics {
  failed(kind: LoginKind): void;
  /** A login that was refused unseen. */
  throttled(kind: LoginKind): void;
  /** How many counts of failures are remembered. */
  counts(entries: number): void;
}

export const NO_LOGIN_METRICS: LoginMetrics = {
  failed: () => undefined,
  throttled: () => undefined,
  counts: () => undefined,
};
