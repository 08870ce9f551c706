import fc from 'fast-check';
import { firstOf } from './first-of.js';
import { Pace } from './pace.js';

interface Row {
  readonly by: number;
  readonly id: number;
}
const compare = (a: Row, b: Row): number => a.by - b.by || a.id - b.id;
const rowsOf = (minLength: number, maxLength: number) =>
  fc.uniqueArray(fc.record({ by: fc.nat(20), id: fc.nat() }), {
    ...{ minLength, maxLength },
    selector: ({ by, id }) => `${by} ${id}`,
  });

it('begins as a sort of all begins', async () => {
  await fc.assert(
    fc.asyncProperty(rowsOf(0, 400), fc.integer({ min: 1, max: 30 }), async (rows, count) => {
      expect((await firstOf(rows, count, compare, new Pace())).slice(0, count)).toEqual(
        rows.toSorted(compare).slice(0, count),
      );
    }),
    { numRuns: 1_000, endOnFailure: true },
  );
});

it('is no more than that where few of many are asked for', async () => {
  await fc.assert(
    fc.asyncProperty(rowsOf(160, 400), fc.integer({ min: 1, max: 10 }), async (rows, count) => {
      expect(await firstOf(rows, count, compare, new Pace())).toEqual(rows.toSorted(compare).slice(0, count));
    }),
    { numRuns: 100, endOnFailure: true },
  );
});

it.each<[string, (at: number) => number]>([
  ['rising', (at) => at],
  ['falling', (at) => -at],
])('compares little more than once for each row where few are asked for, in %s order too', async (_order, by) => {
  const rows = Array.from({ length: 10_000 }, (_, at) => ({ by: by(at), id: 0 }));
  let comparisons = 0;
  const counted = (a: Row, b: Row): number => ((comparisons += 1), compare(a, b));
  await firstOf(rows, 10, counted, new Pace());
  expect(comparisons).toBeLessThan(1.2 * rows.length);
});

it('rests whenever it is time to', async () => {
  const rows = Array.from({ length: 1_000 }, (_, at) => ({ by: at, id: 0 }));
  const pace = new Pace();
  const due = jest.spyOn(pace, 'due').mockReturnValue(false);
  const rest = jest.spyOn(pace, 'rest').mockResolvedValue();
  await firstOf(rows, 1, compare, pace);
  expect(rest).not.toHaveBeenCalled();
  due.mockReturnValueOnce(true);
  await firstOf(rows, 1, compare, pace);
  expect(rest).toHaveBeenCalledTimes(1);
});
