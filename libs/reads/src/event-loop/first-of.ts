import type { Pace } from './pace.js';
import { sortPaced } from './paced-sort.js';

/** Above this share of the rows, sorting all of them is quicker. */
const SHARE = 1 / 16;

/** Spreads a walk over all rows, so that none of the orders they come in is the slow one. */
const GOLDEN = 0.618_033_988_75;

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));

/** A step that comes by every index of `length` once. */
const strideOf = (length: number): number => {
  let stride = Math.max(1, Math.floor(length * GOLDEN));
  while (greatestDivisor(length, stride) !== 1) stride += 1;
  return stride;
};

/**
 * The first `count` rows of all in their order, and perhaps more; reads the rows once where `count` is small. No two rows
 * may be equal by `compare`. `pace` gives the event loop back meanwhile.
 */
export const firstOf = async <R>(
  rows: readonly R[],
  count: number,
  compare: (a: R, b: R) => number,
  pace: Pace,
): Promise<readonly R[]> => {
  if (count > rows.length * SHARE) return sortPaced(rows, compare, pace);
  const first: R[] = [];
  const stride = strideOf(rows.length);
  for (let visited = 0, at = 0; visited < rows.length; visited += 1, at = (at + stride) % rows.length) {
    if (pace.due()) await pace.rest();
    const row = rows[at] as R;
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
