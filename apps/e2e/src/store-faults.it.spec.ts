import 'reflect-metadata';
import { storeFaults } from './properties/store-faults.js';
import { STORES } from './properties/store-faults/stores/index.js';

jest.setTimeout(1_800_000);

/** Faults are drawn anew from one seed; how long it takes is not a test's to say. */
it.each(STORES)('$store: no mutation is lost while a fifth of all calls fails', async (row) => {
  const { figures, problems } = await storeFaults(row, { mutations: 300, seed: '1', patience: 300_000 });
  for (const figure of figures) process.stdout.write(`${JSON.stringify(figure)}\n`);
  expect(problems).toEqual([]);
  expect(figures.find(({ figure }) => figure.endsWith('calls that met a fault'))?.value).toBeGreaterThan(0);
});
