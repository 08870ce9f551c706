import { zipf } from './zipf.js';

it('draws ranks as Zipf’s law has them', () => {
  const { draw, share } = zipf(1_000, 0.99);
  const counts = new Array<number>(1_000).fill(0);
  for (let count = 0; count < 200_000; count += 1) {
    const rank = draw((count + 0.5) / 200_000);
    counts[rank] = (counts[rank] ?? 0) + 1;
  }
  expect((counts[0] ?? 0) / (counts[1] ?? 1)).toBeCloseTo(2 ** 0.99, 2);
  expect((counts[0] ?? 0) / (counts[99] ?? 1)).toBeCloseTo(100 ** 0.99, 0);
  expect(counts.slice(0, 100).reduce((sum, count) => sum + count) / 200_000).toBeCloseTo(share(100), 3);
  expect(share(1_000)).toBeCloseTo(1, 10);
});
