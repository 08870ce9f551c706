/**
 * As `Promise.all` over `map`, in order, with at most `limit` calls under way; what `map` answers at once is not waited
 * for. `map` must not reject.
 */
export const mapBounded = async <T, R>(
  items: readonly T[],
  limit: number,
  map: (item: T) => R | Promise<R>,
): Promise<readonly R[]> => {
  const results = new Array<R>(items.length);
  const work = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of work) {
      const result = map(item);
      results[index] = result instanceof Promise ? await result : result;
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  return results;
};
