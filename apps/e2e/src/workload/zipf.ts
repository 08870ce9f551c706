export interface Zipf {
  /** The rank, from 0, that a number from 0 to below 1 stands for. */
  draw(uniform: number): number;
  /** The share of all draws that have one of the first so many ranks. */
  share(ranks: number): number;
}

/** Rank k of `size` has a probability proportional to 1 / (k + 1)^exponent. */
export const zipf = (size: number, exponent: number): Zipf => {
  const sums = new Float64Array(size);
  let sum = 0;
  for (let rank = 0; rank < size; rank += 1) sums[rank] = sum += 1 / (rank + 1) ** exponent;
  return {
    draw: (uniform) => {
      const wanted = uniform * sum;
      let [low, high] = [0, size - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((sums[middle] ?? 0) > wanted) high = middle;
        else low = middle + 1;
      }
      return low;
    },
    share: (ranks) => (sums[Math.min(ranks, size) - 1] ?? 0) / sum,
  };
};
