import type { Backend } from '@coffer/backend-contract';
import { ObservedBackend } from './faults/observed-backend.js';
import { FAULT_KINDS, isAbsent, type FacadeRules, type FaultKind, type Harness } from './harness.js';

/** The same store behind the facade: a decorator passes the suite of what it decorates, and the facade's own tests. */
export const throughFacade = (harness: Harness, wrap: (backend: Backend, rules: FacadeRules) => Backend): Harness => {
  const wrapped = async (opening: Promise<Backend>, rules: FacadeRules = {}): Promise<Backend> =>
    wrap(await opening, rules);
  const { credentials } = harness;
  const fault = (kind: FaultKind): Harness['faults'][FaultKind] => {
    const fault = harness.faults[kind];
    if (isAbsent(fault)) return fault;
    const open = async () => {
      const store = await fault.open();
      // With the breaker open, and at the deadline, the facade speaks for the store.
      return { ...store, backend: wrap(store.backend, {}), codes: [...store.codes, 'unavailable', 'timeout'] as const };
    };
    return { open };
  };
  return {
    ...harness,
    name: `${harness.name} through facade`,
    open: (options) => wrapped(harness.open(options)),
    facade: {
      open: async (rules, onCall) => {
        const backend = await harness.open({});
        return wrap(onCall === undefined ? backend : new ObservedBackend(backend, onCall), rules);
      },
    },
    credentials: isAbsent(credentials)
      ? credentials
      : { wrong: () => wrapped(credentials.wrong()), forbidden: () => wrapped(credentials.forbidden()) },
    faults: Object.fromEntries(FAULT_KINDS.map((kind) => [kind, fault(kind)])) as unknown as Harness['faults'],
  };
};
