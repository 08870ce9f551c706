import type { Messaging } from '@coffer/messaging';
import type { Metrics } from '@coffer/observability';

/** Shows what this process holds in memory of queue, log and dead letters. */
export const watchMessaging = (messaging: Pick<Messaging, 'budgets'>, metrics: Metrics): void => {
  for (const name of Object.keys(messaging.budgets())) {
    metrics.watchBudget(name, () => messaging.budgets()[name] ?? { bytes: 0, limitBytes: 0 });
  }
};
