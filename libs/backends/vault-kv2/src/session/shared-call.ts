import { timeoutError } from '../errors.js';

/** The outcome, or `timeout` once the signal fires; the work goes on for others who wait for it. */
export const withinCall = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise<T>((resolve, reject) => {
    const late = (): void => reject(timeoutError());
    signal.addEventListener('abort', late, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', late));
    if (signal.aborted) late();
  });
