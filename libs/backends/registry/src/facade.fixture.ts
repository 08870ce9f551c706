import { throughFacade, type Harness } from '@coffer/backend-conformance';
import { withFacade } from '@coffer/backend-facade';

/** A breaker that opens for a moment only, so that the suite can go on after a fault. */
const BREAKER = { failures: 5, openMs: 20, maxOpenMs: 50 };
/** A call is the suite's to end, which says how long a store of the tests may take on a slow machine. */
const CALL_TIMEOUT_MS = 60_000;

export const behindFacade = (harness: Harness): Harness =>
  throughFacade(harness, (backend, rules) =>
    withFacade(backend, { ...rules, breaker: BREAKER, callTimeoutMs: CALL_TIMEOUT_MS }),
  );
