import { checkHistory } from '@coffer/coherence/history';
import { historyOf, type Observed } from './observations.js';

/** Even versions delete. */
const write = (version: number, start: number, end: number): Observed => ({
  ...{ op: 'write', key: 'k', version, start, end, instance: 'w', outcome: 'ok' },
  ...(version % 2 === 0 ? { absent: true } : {}),
});
const read = (start: number, end: number, version?: number): Observed => ({
  ...{ op: 'read', key: 'k', version: version ?? 0, start, end, instance: 'g', outcome: 'ok' },
  ...(version === undefined ? { absent: true } : {}),
});
const judge = (observed: readonly Observed[]) => checkHistory(historyOf(observed));

describe('reads that found nothing', () => {
  it('are clean where a deletion, or the time before any write, explains them', () => {
    const observed = [read(0, 1), write(1, 2, 4), read(3, 5), read(5, 6, 1), write(2, 7, 9), read(8, 10), read(11, 12)];
    expect(judge(observed)).toMatchObject({ stale: [], inversions: [], impossible: [], reads: 5 });
  });

  it('are stale after a write that nothing has deleted', () => {
    expect(judge([write(1, 0, 1), read(2, 3), write(2, 4, 5)]).stale).toHaveLength(1);
    expect(judge([write(2, 0, 1), write(3, 2, 3), read(4, 5)]).stale).toHaveLength(1);
  });

  it('are inversions after a read of a value that nothing has deleted', () => {
    expect(judge([write(1, 0, 9), read(1, 2, 1), read(3, 4)]).inversions).toHaveLength(1);
  });

  it('count for the reads after them as the oldest deletion that they may have seen', () => {
    expect(judge([write(1, 0, 1), write(2, 2, 20), read(3, 4), read(5, 6, 1)]).inversions).toHaveLength(1);
    expect(judge([write(1, 0, 20), read(3, 4), read(5, 6, 1)]).inversions).toEqual([]);
  });
});
