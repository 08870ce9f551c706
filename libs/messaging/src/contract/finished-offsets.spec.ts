import fc from 'fast-check';
import { FinishedOffsets } from './finished-offsets.js';

describe('finished offsets', () => {
  it('are none at first: what comes first is not committed before it is finished', () => {
    const offsets = new FinishedOffsets(7n);
    expect(offsets.committable).toBe(7n);
    offsets.begin(9n);
    expect(offsets.committable).toBe(9n);
    offsets.finish(9n);
    expect(offsets.committable).toBe(10n);
  });

  it('commit everything below the lowest unfinished one, in whatever order they finish', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(Array.from({ length: 40 }, (_, offset) => BigInt(offset))),
        fc.bigInt({ min: 0n, max: 2n ** 60n }),
        (finished, first) => {
          const offsets = new FinishedOffsets(first);
          for (let offset = 0n; offset < 40n; offset += 1n) offsets.begin(first + offset);
          for (const offset of finished) offsets.finish(first + offset);
          let expected = 0n;
          while (finished.includes(expected)) expected += 1n;
          expect(offsets.committable).toBe(first + expected);
        },
      ),
    );
  });
});
