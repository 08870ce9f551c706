const POLL_INTERVAL_MS = 20;

/**
 * Answers the first result of `check` that is neither `undefined` nor `false`. Rejects with `what` after `timeoutMs`
 * milliseconds, which bounds a failure and is never waited for by a success.
 */
export const until = async <T>(
  what: string,
  check: () => T | false | undefined | Promise<T | false | undefined>,
  timeoutMs = 90_000,
): Promise<T> => {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const found = await check();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS));
  }
};
