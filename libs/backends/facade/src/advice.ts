import type { ErrorCode, StoreErrorCode } from '@coffer/secrets';

/** What an operator does about a store that answers so; each begins a sentence of its own. */
const ADVICE: Readonly<Record<StoreErrorCode, string>> = {
  'not-found': 'nothing has to be done: there is no such secret',
  denied: 'give the credentials the rights that the documentation of the store names',
  unauthenticated: 'mend or renew the credentials of the store',
  throttled: 'wait, cache reads, or have the rate of the store raised',
  unavailable:
    'mend what it names, or see whether the store runs, and whether its address, its name and the network between are right',
  timeout: 'see how loaded the store is, and whether something between drops packets',
  conflict: 'see what else changes the same secret, or has the same identity in the store',
  'too-large': 'write a smaller value, or raise the limit of the store',
  invalid: 'see the limits that the documentation of the store names',
  'read-only': 'take off the block, or name the primary; for a store that is meant to be read-only set readOnly',
  corrupt: 'give every process the key that the record was sealed with, or restore the record',
  'fence-ahead': 'raise coffer.messaging.generation as the log says',
};

/** What to do about an error of a store; `undefined` for one that no store answers. */
export const adviceFor = (code: ErrorCode): string | undefined =>
  Object.hasOwn(ADVICE, code) ? ADVICE[code as StoreErrorCode] : undefined;
