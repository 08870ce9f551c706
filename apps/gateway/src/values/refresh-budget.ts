import { CallerQuota, type CallerQuotaOptions } from '../http/budget/caller-quota.js';

/** Reads with `refresh=true`: each asks the store, whose calls may cost money and are limited for all. */
export class RefreshBudget extends CallerQuota {
  constructor(options: Omit<CallerQuotaOptions, 'refusal'>) {
    super({
      ...options,
      refusal: `refresh=true is answered ${options.perMinute} times a minute for each caller and namespace (coffer.limits.refreshesPerMinute); read without it, which is as fresh as the last write through Coffer`,
    });
  }
}
