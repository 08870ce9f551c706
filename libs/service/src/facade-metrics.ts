import type { FacadeMetrics } from '@coffer/backend-facade';
import type { Metrics } from '@coffer/observability';

const MILLISECONDS = 1_000;

/** Counts the calls of a manager's facade under its name. */
export const facadeMetrics =
  (metrics: Metrics) =>
  (manager: string): FacadeMetrics => ({
    call: (operation, outcome, milliseconds) =>
      metrics.storeCalls.observe({ manager, operation, outcome }, milliseconds / MILLISECONDS),
    retry: (operation) => metrics.storeRetries.inc({ manager, operation }),
    breaker: (open) => metrics.breakerOpen.set({ manager }, open ? 1 : 0),
  });
