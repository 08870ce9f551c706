import 'reflect-metadata';
import { poisonProperty } from './properties/poison.js';
import { POISONS } from './properties/poison/poisons.js';

it('buries every poisoned mutation and applies all others in order', async () => {
  // Each kind for a key that is being written, and for one that is not.
  const poisoned = 2 * Object.keys(POISONS).length;
  const { figures, problems } = await poisonProperty({ mutations: 560, poisoned });
  expect(problems).toEqual([]);
  expect(figures.length).toBeGreaterThan(10);
});
