import { Pace } from './pace.js';
import fc from 'fast-check';
import { firstOf } from './first-of.js';

it('begins as a sort of all begins', async () => {
  const row = fc.record({ by: fc.nat(20), id: fc.nat() });
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(row, { maxLength: 400, selector: ({ by, id }) => `${by} ${id}` }),
      fc.integer({ min: 1, max: 30 }),
      async (rows, count) => {
        const compare = (a: { by: number; id: number }, b: { by: number; id: number }) => a.by - b.by || a.id - b.id;
        expect((await firstOf(rows, count, compare, new Pace())).slice(0, count)).toEqual(
          rows.toSorted(compare).slice(0, count),
        );
      },
    ),
    { numRuns: 1_000, endOnFailure: true },
  );
});
