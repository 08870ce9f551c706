import type { BackendFacade } from '@coffer/backend-facade';
import { Stores } from '@coffer/backend-registry';
import { DEFAULT_TIMING } from '@coffer/coherence';
import { openInstance, type Instance } from '../../harness/instance.js';

/** Worker and coordinator in front of one store. With short pauses: a run has some hundred failed attempts. */
export const openWorker = (backend: BackendFacade): Promise<Instance> =>
  openInstance({
    stores: new Stores({ name: 'default', backend, readOnly: false }),
    timing: { ...DEFAULT_TIMING, backoff: { firstMs: 10, maxMs: 200 } },
    roles: ['secret-worker', 'cache-invalidator'],
  });
