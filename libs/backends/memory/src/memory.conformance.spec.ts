import { randomUUID } from 'node:crypto';
import { FaultyBackend, describeConformance, type FaultKind, type FaultyStore } from '@coffer/backend-conformance';
import { openMemoryBackend } from './memory-backend.js';
import { MemoryStore } from './memory-store.js';

const store = new MemoryStore();
const noNetwork = { absent: 'the store is in the process, nothing lies between' };

describeConformance({
  name: 'memory',
  open: async ({ prefix = randomUUID() }) => openMemoryBackend({ store, prefix }),
  credentials: { absent: 'the store asks for none' },
  faults: {
    throttled: noNetwork,
    'server-error': noNetwork,
    'cut-before': noNetwork,
    'cut-after': noNetwork,
    'timeout-after': noNetwork,
  },
  credentialCanaries: [],
  close: async () => undefined,
});

const INJECTED = {
  throttled: { code: 'throttled', when: 'before' },
  'server-error': { code: 'unavailable', when: 'before' },
  'cut-before': { code: 'unavailable', when: 'before' },
  'cut-after': { code: 'unavailable', when: 'after' },
  'timeout-after': { code: 'timeout', when: 'after' },
} as const satisfies Record<FaultKind, object>;

const injecting = (kind: FaultKind) => ({
  open: async (): Promise<FaultyStore> => {
    const backend = new FaultyBackend(openMemoryBackend());
    const fault = INJECTED[kind];
    return {
      backend,
      codes: [fault.code],
      arm: () => backend.set(fault),
      disarm: () => backend.clear(),
      close: () => backend.close(),
    };
  },
});

describeConformance({
  name: 'memory with injected faults',
  open: async ({ prefix = randomUUID() }) => new FaultyBackend(openMemoryBackend({ store, prefix })),
  credentials: { absent: 'the store asks for none' },
  faults: {
    throttled: injecting('throttled'),
    'server-error': injecting('server-error'),
    'cut-before': injecting('cut-before'),
    'cut-after': injecting('cut-after'),
    'timeout-after': injecting('timeout-after'),
  },
  credentialCanaries: [],
  close: async () => undefined,
});
