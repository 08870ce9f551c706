/** The elements of a virtualised list, by number, for rows from `first` on. */
export interface RowSlots {
  readonly first: number;
  readonly slots: readonly number[];
}

/**
 * Gives each of `count` rows from `first` on the element that shows it: the one that it has already, else one whose row is gone
 * from view. To fill an element with another row costs far less than to make one. Elements keep their order where they can, as
 * moving them costs too.
 */
export const recycleSlots = (previous: RowSlots, first: number, count: number): RowSlots => {
  const end = first + count;
  const isKept = (index: number): boolean => index >= first && index < end;
  const free = previous.slots.filter((_, at) => !isKept(previous.first + at));
  let next = Math.max(-1, ...previous.slots);
  const slots = Array.from({ length: count }, (_, at) => {
    const index = first + at - previous.first;
    return previous.slots[index] ?? free.shift() ?? (next += 1);
  });
  return { first, slots };
};
