import { raceAbort } from '@coffer/backend-contract';
import { CofferError } from '@coffer/secrets';

const late = (store: string): CofferError =>
  new CofferError('timeout', `${store}: the database did not answer in time`, { store });

/** Throws `timeout` where the signal has fired. */
export const assertInTime = (signal: AbortSignal, store: string): void => {
  if (signal.aborted) throw late(store);
};

/** The outcome of the work, or `timeout` as soon as the signal fires; `abandon` is then called once. */
export const raceDeadline = <T>(
  work: Promise<T>,
  signal: AbortSignal,
  store: string,
  abandon: () => void,
): Promise<T> => raceAbort(signal, work, () => late(store), abandon);
