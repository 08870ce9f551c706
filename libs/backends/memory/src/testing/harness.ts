import { randomUUID } from 'node:crypto';
import { FaultyBackend, type Fault, type FaultyStore, type Harness } from '@coffer/backend-conformance';
import { openMemoryBackend } from '../backend.js';
import { MemoryStore } from '../memory-store.js';

const injecting = (fault: Fault) => ({
  open: async (): Promise<FaultyStore> => {
    const backend = new FaultyBackend(openMemoryBackend());
    return {
      backend,
      codes: [fault.code],
      arm: () => backend.set(fault),
      disarm: () => backend.clear(),
      close: () => backend.close(),
    };
  },
});

/** A store of its own. Nothing lies between it and its callers, so its faults are injected. */
export const memoryHarness = (): Harness => {
  const store = new MemoryStore();
  return {
    name: 'memory',
    open: async ({ prefix = randomUUID() }) => openMemoryBackend({ store, prefix }),
    credentials: { absent: 'the store asks for none' },
    faults: {
      throttled: injecting({ code: 'throttled', when: 'before' }),
      'server-error': injecting({ code: 'unavailable', when: 'before' }),
      'cut-before': injecting({ code: 'unavailable', when: 'before' }),
      'cut-after': injecting({ code: 'unavailable', when: 'after' }),
      'timeout-after': injecting({ code: 'timeout', when: 'after' }),
    },
    credentialCanaries: [],
    close: async () => undefined,
  };
};
