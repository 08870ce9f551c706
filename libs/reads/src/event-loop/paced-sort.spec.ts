import fc from 'fast-check';
import { Pace } from './pace.js';
import { mergePaced, sortPaced } from './paced-sort.js';

const row = fc.record({ by: fc.nat(20), id: fc.nat() });
const compare = (a: { by: number }, b: { by: number }) => a.by - b.by;

it('sorts as toSorted does, equal rows in the order in which they came', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 400 }), async (rows) => {
      expect(await sortPaced(rows, compare, new Pace())).toEqual(rows.toSorted(compare));
    }),
    { numRuns: 300, endOnFailure: true },
  );
});

it('merges sorted lists into one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(row, { maxLength: 20 }), { maxLength: 7 }), async (lists) => {
      const sorted = lists.map((list) => list.toSorted(compare));
      expect(await mergePaced(sorted, compare, new Pace())).toEqual(lists.flat().toSorted(compare));
    }),
    { numRuns: 300, endOnFailure: true },
  );
});

it.each<[string, (pace: Pace) => Promise<unknown>]>([
  ['a sort', (pace) => sortPaced([{ by: 2 }, { by: 1 }], compare, pace)],
  ['a merge', (pace) => mergePaced([[{ by: 2 }], [{ by: 1 }]], compare, pace)],
])('%s rests whenever it is time to', async (_what, work) => {
  const pace = new Pace();
  const due = jest.spyOn(pace, 'due').mockReturnValue(false);
  const rest = jest.spyOn(pace, 'rest').mockResolvedValue();
  await work(pace);
  expect(rest).not.toHaveBeenCalled();
  due.mockReturnValue(true);
  await work(pace);
  expect(rest).toHaveBeenCalledTimes(1);
});
