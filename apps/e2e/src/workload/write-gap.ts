/**
 * The longest time that any writer was without an acknowledgement between `from` and `to`, in milliseconds. Times are of
 * `performance.now`; `lanes` has the acknowledgements of each writer, in their order. A gap that began before `from`
 * counts from `from` on.
 */
export const longestGap = (lanes: readonly (readonly number[])[], from: number, to: number): number =>
  Math.max(
    0,
    ...lanes.map((lane) => {
      const within = lane.filter((at) => at >= from && at <= to);
      const ends = [...within, to];
      return Math.max(...ends.map((end, index) => end - (within[index - 1] ?? from)));
    }),
  );
