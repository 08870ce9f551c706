/** As `Promise.all` over `map`, in order, with at most `limit` calls under way. `map` must not reject. */
export const mapBounded = async <T, R>(
  items: readonly T[],
  limit: number,
  map: (item: T) => Promise<R>,
): Promise<readonly R[]> => {
  const results = new Array<R>(items.length);
  const work = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of work) results[index] = await map(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  return results;
};
