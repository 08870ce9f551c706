import type { Pace } from './pace.js';

type Compare<R> = (a: R, b: R) => number;

/** Rows that are sorted in one go; few, since a comparison may be of long texts. */
const RUN = 32;

const merge = async <R>(a: readonly R[], b: readonly R[], compare: Compare<R>, pace: Pace): Promise<R[]> => {
  const merged: R[] = [];
  let [left, right] = [0, 0];
  while (left < a.length && right < b.length) {
    if (pace.due()) await pace.rest();
    if (compare(a[left] as R, b[right] as R) <= 0) merged.push(a[left++] as R);
    else merged.push(b[right++] as R);
  }
  return merged.concat(a.slice(left), b.slice(right));
};

/** One sorted list of several, stable; `pace` gives the event loop back meanwhile. */
export const mergePaced = async <R>(
  lists: readonly (readonly R[])[],
  compare: Compare<R>,
  pace: Pace,
): Promise<readonly R[]> => {
  let runs = lists;
  while (runs.length > 1) {
    const merged: (readonly R[])[] = [];
    for (let at = 0; at < runs.length; at += 2) {
      const [a = [], b] = [runs[at], runs[at + 1]];
      merged.push(b === undefined ? a : await merge(a, b, compare, pace));
    }
    runs = merged;
  }
  return runs[0] ?? [];
};

/** As `toSorted`; `pace` gives the event loop back meanwhile. */
export const sortPaced = async <R>(rows: readonly R[], compare: Compare<R>, pace: Pace): Promise<readonly R[]> => {
  const runs: R[][] = [];
  for (let at = 0; at < rows.length; at += RUN) {
    if (pace.due()) await pace.rest();
    runs.push(rows.slice(at, at + RUN).sort(compare));
  }
  return mergePaced(runs, compare, pace);
};
