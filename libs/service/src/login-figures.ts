import type { LoginMetrics } from '@coffer/access';
import type { Metrics } from '@coffer/observability';

/** The figures of failed logins. */
export const loginFigures = (metrics: Metrics): LoginMetrics => ({
  failed: (kind) => metrics.loginFailures.inc({ kind }),
  throttled: (kind) => metrics.loginsThrottled.inc({ kind }),
  counts: (entries) => metrics.loginThrottleEntries.set(entries),
});
