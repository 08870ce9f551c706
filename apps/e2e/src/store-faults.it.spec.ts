import 'reflect-metadata';
import { storeFaults } from './store-faults/property.js';
import { STORES } from './store-faults/stores/index.js';

jest.setTimeout(1_800_000);

/** Servers that take one call after the other, or make a name wait after each deletion, get fewer. */
const SLOW = /^(aws|azure)-/;

/** Faults are drawn anew from one seed; how long it takes is not a test's to say. */
it.each(STORES)('$store: no mutation is lost while a fifth of all calls fails', async (row) => {
  const mutations = SLOW.test(row.store) ? 20 : 300;
  const { figures, problems } = await storeFaults(row, { mutations, seed: '1', patience: 600_000 });
  expect(problems).toEqual([]);
  expect(figures.find(({ figure }) => figure.endsWith('calls that met a fault'))?.value).toBeGreaterThan(0);
});
