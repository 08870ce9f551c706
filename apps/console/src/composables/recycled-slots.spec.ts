import { recycleSlots, type RowSlots } from './recycled-slots.js';

const NOTHING: RowSlots = { first: 0, slots: [] };
const slots = (previous: RowSlots, first: number, count: number): readonly number[] =>
  recycleSlots(previous, first, count).slots;

describe('recycleSlots', () => {
  const five = recycleSlots(NOTHING, 10, 5);

  it('numbers elements in their order', () => {
    expect(five).toEqual({ first: 10, slots: [0, 1, 2, 3, 4] });
  });

  it('leaves rows that stay in view to their elements, and gives those of the others to the rows that come', () => {
    expect(slots(five, 12, 5)).toEqual([2, 3, 4, 0, 1]);
    expect(slots(five, 9, 5)).toEqual([4, 0, 1, 2, 3]);
  });

  it('moves no element when all rows are others', () => {
    expect(slots(five, 1_000, 5)).toEqual([0, 1, 2, 3, 4]);
    expect(slots(recycleSlots(five, 12, 5), 0, 5)).toEqual([2, 3, 4, 0, 1]);
  });

  it('makes elements where there are too few, and lets go of those that are too many', () => {
    expect(slots(five, 10, 7)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(slots(five, 1_000, 6)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(slots(five, 11, 2)).toEqual([1, 2]);
    expect(slots(five, 0, 0)).toEqual([]);
  });

  it('gives no element to two rows, wherever it is scrolled to', () => {
    let current = NOTHING;
    for (const [first, count] of [
      [0, 9],
      [3, 12],
      [2, 12],
      [40, 8],
      [38, 11],
      [0, 15],
      [14, 3],
      [15, 20],
    ] as const) {
      current = recycleSlots(current, first, count);
      expect(new Set(current.slots).size).toBe(count);
    }
  });
});
