import type { Stores } from '@coffer/backend-registry';
import type { WriteRequest } from './write-service.js';

/** Throws what the path's store would certainly refuse, before anything is queued. */
export const validateByStore =
  (registry: Pick<Stores, 'of'>) =>
  (request: WriteRequest): void => {
    const { backend } = registry.of(request.path);
    switch (request.kind) {
      case 'put':
        return backend.validate(request.path, { value: request.value, metadata: request.metadata });
      case 'patch':
        return backend.validate(request.path, { metadata: request.patch });
      case 'delete':
        return backend.validate(request.path);
      case 'drop':
        return undefined;
    }
  };
