import type { Backend } from '@coffer/backend-contract';
import { ObservedBackend } from './faults/observed-backend.js';
import { FAULT_KINDS, isAbsent, type FacadeRules, type FaultKind, type Subject } from './harness.js';

/** The same store behind the facade: a decorator passes the suite of what it decorates, and the facade's own tests. */
export const throughFacade = (subject: Subject, wrap: (backend: Backend, rules: FacadeRules) => Backend): Subject => {
  const wrapped = async (opening: Promise<Backend>, rules: FacadeRules = {}): Promise<Backend> =>
    wrap(await opening, rules);
  const { credentials } = subject;
  const fault = (kind: FaultKind): Subject['faults'][FaultKind] => {
    const knob = subject.faults[kind];
    if (isAbsent(knob)) return knob;
    const open = async () => {
      const store = await knob.open();
      // With the breaker open, and at the deadline, the facade speaks for the store.
      return { ...store, backend: wrap(store.backend, {}), codes: [...store.codes, 'unavailable', 'timeout'] as const };
    };
    return { open };
  };
  return {
    ...subject,
    name: `${subject.name} through facade`,
    open: (options) => wrapped(subject.open(options)),
    facade: {
      open: async (rules, onCall) => {
        const backend = await subject.open({});
        return wrap(onCall === undefined ? backend : new ObservedBackend(backend, onCall), rules);
      },
    },
    credentials: isAbsent(credentials)
      ? credentials
      : { wrong: () => wrapped(credentials.wrong()), forbidden: () => wrapped(credentials.forbidden()) },
    faults: Object.fromEntries(FAULT_KINDS.map((kind) => [kind, fault(kind)])) as unknown as Subject['faults'],
  };
};
