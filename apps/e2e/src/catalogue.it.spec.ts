import { catalogueProperty } from './benchmarks/catalogue.js';

/** How fast is for the measurement to say; here, that all is listed, within the store's rate. */
it('lists 1,500 secrets of a slow store, and measures it', async () => {
  const { figures, problems } = await catalogueProperty({ secrets: 1_500, requests: 10, entries: [20_000] });
  expect(problems.filter((problem) => !problem.includes(', p99'))).toEqual([]);
  expect(figures.map(({ figure }) => figure)).toEqual(
    expect.arrayContaining(['secrets listed', 'first page, p99', 'calls beyond the store’s rate']),
  );
}, 300_000);
