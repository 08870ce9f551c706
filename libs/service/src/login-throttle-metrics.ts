import type { LoginMetrics } from '@coffer/access';
import type { Metrics } from '@coffer/observability';

/** The metrics of failed logins. */
export const loginThrottleMetrics = (metrics: Metrics): LoginMetrics => ({
  failed: (kind) => metrics.loginFailures.inc({ kind }),
  throttled: (kind) => metrics.loginsThrottled.inc({ kind }),
  counts: (entries) => metrics.loginThrottleEntries.set(entries),
});
