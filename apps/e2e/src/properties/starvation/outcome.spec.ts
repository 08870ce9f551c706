import { starvationOutcome, type SoakFigures } from './outcome.js';
import { beyondFaults } from '../soak/tally.js';

const figures = (changed: Readonly<Record<string, number>> = {}): SoakFigures =>
  new Map(
    Object.entries({
      'Writes acknowledged': 1_000,
      'Longest write, repetitions included': 12,
      'Longest write beyond the fault it met': 4,
      'Reads answered from a cache': 50,
      'Reads older than an acknowledged write': 0,
      'Reads older than a read before them': 0,
      ...changed,
    }),
  );

describe('how much longer a write took than the fault that it met', () => {
  it.each([
    ['no fault', [], 10],
    ['one that was over', [{ from: 0, to: 10 }], 10],
    ['one all along', [{ from: 5, to: 30 }], 0],
    ['one for a part', [{ from: 0, to: 14 }], 6],
    [
      'two, of which the longer one counts',
      [
        { from: 11, to: 13 },
        { from: 12, to: 17 },
      ],
      5,
    ],
  ])('%s', (_, faults, beyond) => {
    expect(beyondFaults({ from: 10, to: 20 }, faults)).toBe(beyond);
  });
});

describe('what soaks without and with busy loops show', () => {
  it('holds where the system is slow in proportion', () => {
    const { problems, missed } = starvationOutcome(figures(), figures({ 'Writes acknowledged': 250 }));
    expect([problems, missed]).toEqual([[], []]);
  });

  it.each([
    ['Writes acknowledged', 249, 'Writes kept'],
    ['Longest write beyond the fault it met', 15.01, 'beyond the fault it met'],
    ['Reads answered from a cache', 29.9, 'Reads from a cache'],
    ['Reads older than an acknowledged write', 1, 'Reads older than an acknowledged write'],
    ['Reads older than a read before them', 1, 'Reads older than a read before them'],
  ])('does not where %s is %d', (name, value, problem) => {
    const { problems, missed = [] } = starvationOutcome(figures(), figures({ [name]: value }));
    expect([...problems, ...missed]).toEqual([expect.stringContaining(problem)]);
  });

  it('needs every figure', () => {
    expect(() => starvationOutcome(figures(), new Map())).toThrow('printed no figure');
  });
});
