import type { BackendRegistry } from '@coffer/backend-registry';
import type { MutationWriterOptions, StoreManagers } from '@coffer/gateway';
import type { WorkerStores } from '@coffer/secret-worker';

/** The stores as each role wants to see them: the same facades, so one breaker and one rate limit for all. */
export const storesForReads = (registry: BackendRegistry): StoreManagers => registry;

export const storesForWorker = (registry: BackendRegistry): WorkerStores => ({
  storeOf: ({ tenant, namespace }) => registry.managerFor(tenant, namespace),
  onBreaker: (listener) => {
    for (const manager of registry.managers) manager.backend.onBreaker((open) => listener(manager, open));
  },
});

export const validateByStore =
  (registry: BackendRegistry): MutationWriterOptions['validate'] =>
  (request) => {
    const { backend } = registry.managerFor(request.path.tenant, request.path.namespace);
    switch (request.kind) {
      case 'put':
        return backend.validate(request.path, { value: request.value, ...request.metadata });
      case 'patch':
        return backend.validate(request.path, request.patch);
      case 'delete':
        return backend.validate(request.path, {});
    }
  };
