import 'reflect-metadata';
import { storeFaults } from './store-faults/property.js';
import { STORES } from './store-faults/stores/index.js';

jest.setTimeout(1_800_000);

/** Where the test server takes one call after the other, or a name waits after each deletion, by the command alone. */
const QUICK = STORES.filter(({ store }) => !/^(aws|azure)-/.test(store));

/** Faults are drawn anew from one seed; how long it takes is not a test's to say. */
it.each(QUICK)('$store: no mutation is lost while a fifth of all calls fails', async (row) => {
  const { figures, problems } = await storeFaults(row, { mutations: 100, seed: '1', patience: 600_000 });
  expect(problems).toEqual([]);
  expect(figures.find(({ figure }) => figure.endsWith('calls that met a fault'))?.value).toBeGreaterThan(0);
});
