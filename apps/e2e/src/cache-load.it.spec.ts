import { memoryOfEntries } from './benchmarks/cache-load/memory.js';
import { loadOnTheCaches } from './benchmarks/cache-load/traffic.js';

it('measures what 2,000 entries take of a gateway', async () => {
  const { figures, problems } = await memoryOfEntries(2_000);
  expect(problems).toEqual([]);
  expect(figures.map(({ figure }) => figure)).toContain('2000 entries of 200 bytes, above the empty process');
}, 120_000);

it('measures where reads are answered from under a skewed load', async () => {
  const { figures, problems } = await loadOnTheCaches({ secrets: 200, seconds: 3 });
  expect(problems).toEqual([]);
  for (const { value } of figures) expect(Number.isFinite(value)).toBe(true);
}, 300_000);
