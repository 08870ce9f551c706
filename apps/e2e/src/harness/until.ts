const LOOK = 20;

/**
 * Answers the first result of `look` that is neither `undefined` nor `false`. Rejects with `what` after `patience`
 * milliseconds, which bounds a failure and is never waited for by a success.
 */
export const until = async <T>(
  what: string,
  look: () => T | false | undefined | Promise<T | false | undefined>,
  patience = 90_000,
): Promise<T> => {
  const end = performance.now() + patience;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`waited ${patience} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
};
