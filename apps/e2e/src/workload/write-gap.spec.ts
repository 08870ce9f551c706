import { longestGap } from './write-gap.js';

describe('the longest write gap', () => {
  it('is the longest one of any writer', () => {
    expect(
      longestGap(
        [
          [1, 5, 9],
          [2, 8, 10],
        ],
        0,
        10,
      ),
    ).toBe(6);
  });

  it('counts what a writer waited at the beginning and at the end', () => {
    expect(longestGap([[3]], 0, 10)).toBe(7);
    expect(longestGap([[8]], 0, 10)).toBe(8);
    expect(longestGap([[]], 0, 10)).toBe(10);
  });

  it('takes nothing outside the time for an acknowledgement', () => {
    expect(longestGap([[-5, 2, 20]], 0, 10)).toBe(8);
  });
});
