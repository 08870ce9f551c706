import type { FacadeMetrics } from '@coffer/backend-facade';
import type { BackendRegistry } from '@coffer/backend-registry';
import type { MutationWriterOptions } from '@coffer/gateway';
import type { Metrics } from '@coffer/observability';

const MILLISECONDS = 1_000;

/** What a store would certainly refuse is refused before it is queued. */
export const validateByStore =
  (registry: BackendRegistry): MutationWriterOptions['validate'] =>
  (request) => {
    const { backend } = registry.storeOf(request.path);
    switch (request.kind) {
      case 'put':
        return backend.validate(request.path, { value: request.value, metadata: request.metadata });
      case 'patch':
        return backend.validate(request.path, { metadata: request.patch });
      case 'delete':
        return backend.validate(request.path);
    }
  };

/** The facade's figures, under the name of the manager. */
export const facadeMetrics =
  (metrics: Metrics) =>
  (manager: string): FacadeMetrics => ({
    call: (operation, outcome, milliseconds) =>
      metrics.storeCalls.observe({ manager, operation, outcome }, milliseconds / MILLISECONDS),
    retry: (operation) => metrics.storeRetries.inc({ manager, operation }),
    breaker: (open) => metrics.breakerOpen.set({ manager }, open ? 1 : 0),
  });
