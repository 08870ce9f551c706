import { throughFacade, type Subject } from '@coffer/backend-conformance';
import { withFacade } from '@coffer/backend-facade';

/** A breaker that rests for a moment only, so that the suite can go on after a fault. */
const BREAKER = { failures: 5, rest: 20, maxRest: 50 };
/** Milliseconds: a call is the suite's to end, which says how long a store of the tests may take on a slow machine. */
const CALL_TIMEOUT = 60_000;

export const behindFacade = (subject: Subject): Subject =>
  throughFacade(subject, (backend, rules) =>
    withFacade(backend, { ...rules, breaker: BREAKER, callTimeout: CALL_TIMEOUT }),
  );
