import type { LimitsConfiguration } from '@coffer/config';
import type { Metrics } from '@coffer/observability';
import { CallerQuota } from './caller-quota.js';

/** Requests of each caller, by namespace; those of an item of a batch count as its own. */
export class RequestQuota extends CallerQuota {
  constructor(
    { requestsPerMinute: perMinute, callers: maxBytes }: Pick<LimitsConfiguration, 'requestsPerMinute' | 'callers'>,
    metrics: Pick<Metrics, 'refusals' | 'watchBudget'>,
  ) {
    super({
      perMinute,
      maxBytes,
      now: () => performance.now(),
      refused: () => metrics.refusals.inc({ budget: 'requests' }),
      refusal: `a caller may make ${perMinute} requests a minute in one namespace and below it, and ${perMinute * 10} in all together (coffer.limits.requestsPerMinute); wait as long as Retry-After says, or ask for less`,
    });
    metrics.watchBudget('request-quota', () => this.reading);
  }
}
