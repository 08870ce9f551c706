import { CofferError } from '@coffer/secrets';

const late = (store: string): CofferError =>
  new CofferError('timeout', `${store}: the database did not answer in time`, { store });

export const assertInTime = (signal: AbortSignal, store: string): void => {
  if (signal.aborted) throw late(store);
};

/** The work's own outcome, or `timeout` as soon as the signal fires; `abandon` is then called once, and the work's end ignored. */
export const withinCall = async <T>(
  work: Promise<T>,
  signal: AbortSignal,
  store: string,
  abandon: () => void,
): Promise<T> => {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => {
      abandon();
      reject(late(store));
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
    work.catch(() => undefined);
    aborted.catch(() => undefined);
  }
};
