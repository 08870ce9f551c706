/**
 * The outcome of the work, or what `late` answers, thrown as soon as the signal fires, whether or not the work heeds it.
 *
 * A function is not called when the signal has fired before; a promise is work that others share, and goes on for them.
 * `abandon` is called with the running work when the signal wins, so that a connection which it holds can be given up. How
 * abandoned work ends is ignored.
 */
export const raceAbort = <T>(
  signal: AbortSignal,
  work: Promise<T> | (() => Promise<T>),
  late: () => Error,
  abandon: (running: Promise<T>) => void = () => undefined,
): Promise<T> =>
  new Promise<T>((resolve, reject) => {
    if (signal.aborted && typeof work === 'function') {
      reject(late());
      return;
    }
    const running = typeof work === 'function' ? work() : work;
    const onAbort = (): void => {
      reject(late());
      abandon(running);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    void running.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
