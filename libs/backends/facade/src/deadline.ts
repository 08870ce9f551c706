import { CofferError } from '@coffer/secrets';

export const tooLate = (store: string): CofferError =>
  new CofferError('timeout', `${store}: the store did not answer in time`, { store });

/**
 * Runs `work` with a signal that fires when the caller's does or after `milliseconds`, and rejects with `timeout` at
 * that moment, whether or not the work heeds its signal. Leaves neither timer nor listener behind.
 */
export const withDeadline = async <T>(
  caller: AbortSignal,
  milliseconds: number,
  store: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  if (caller.aborted) throw tooLate(store);
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const timer = setTimeout(abort, milliseconds);
  caller.addEventListener('abort', abort, { once: true });
  try {
    return await new Promise<T>((resolve, reject) => {
      controller.signal.addEventListener('abort', () => reject(tooLate(store)), { once: true });
      work(controller.signal).then(resolve, reject);
    });
  } finally {
    clearTimeout(timer);
    caller.removeEventListener('abort', abort);
  }
};
