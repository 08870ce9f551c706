/** Above this share of the rows, sorting all of them is quicker. */
const SHARE = 1 / 16;

/** The first `count` rows of all in their order, and perhaps more; reads the rows once where `count` is small. */
export const firstOf = <R>(rows: readonly R[], count: number, compare: (a: R, b: R) => number): readonly R[] => {
  if (count > rows.length * SHARE) return rows.toSorted(compare);
  const first: R[] = [];
  for (const row of rows) {
    const last = first[count - 1];
    if (last !== undefined && compare(row, last) >= 0) continue;
    let [low, high] = [0, first.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(first[middle] as R, row) <= 0) low = middle + 1;
      else high = middle;
    }
    first.splice(low, 0, row);
    if (first.length > count) first.pop();
  }
  return first;
};
