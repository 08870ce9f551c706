import { checkHistory } from './check-history.js';
import { formatOperation, parseHistory, type Operation } from './operation.js';

const read = (version: number, start: number, end: number, more: Partial<Operation> = {}): Operation => ({
  op: 'read',
  key: 'key',
  version,
  start,
  end,
  instance: 'gateway',
  outcome: 'ok',
  cache: 'l1',
  ...more,
});
const write = (version: number, start: number, end: number, outcome: Operation['outcome'] = 'ok'): Operation => ({
  op: 'write',
  key: 'key',
  version,
  start,
  end,
  instance: 'gateway',
  outcome,
});

describe('the history checker', () => {
  it('accepts what a register could have done', () => {
    const history = [write(1, 0, 10), read(0, 5, 8), read(1, 6, 9), read(1, 11, 12), write(2, 20, 30), read(1, 21, 29)];
    expect(checkHistory(history)).toMatchObject({
      reads: 4,
      writes: 2,
      cached: 4,
      stale: [],
      inversions: [],
      impossible: [],
    });
  });

  it('finds a read older than an acknowledged write', () => {
    const acknowledged = write(1, 0, 10);
    const stale = read(0, 11, 12);
    expect(checkHistory([acknowledged, stale]).stale).toEqual([{ read: stale, before: acknowledged }]);
  });

  it('finds new, then old', () => {
    const [newer, older] = [read(1, 1, 2), read(0, 3, 4)];
    const verdict = checkHistory([write(1, 0, 10), older, newer]);
    expect(verdict.inversions).toEqual([{ read: older, before: newer }]);
    expect(verdict.stale).toEqual([]);
  });

  it('finds reads of what was not written: from the future, refused, or never asked for', () => {
    const reads = [read(1, 0, 4), read(2, 0, 40), read(3, 0, 40)];
    const history = [write(1, 5, 10), write(2, 20, 30, 'fail'), ...reads];
    expect(checkHistory(history).impossible.map((found) => found.read)).toEqual(reads);
  });

  it('lets a write of unknown outcome be seen or not, and a failed read say anything', () => {
    const history = [write(1, 0, 5, 'unknown'), read(0, 6, 7), read(1, 8, 9), read(9, 0, 1, { outcome: 'fail' })];
    expect(checkHistory(history)).toMatchObject({ reads: 2, stale: [], inversions: [], impossible: [] });
  });

  it('keeps keys apart', () => {
    expect(checkHistory([write(1, 0, 1), read(0, 2, 3, { key: 'another' })]).stale).toEqual([]);
  });

  it('reads what it writes, and nothing else', () => {
    const history = [write(1, 0, 5), read(1, 6, 7)];
    expect(parseHistory(`${history.map(formatOperation).join('\n')}\n`)).toEqual(history);
    expect(() => parseHistory('{"op":"read"}')).toThrow(SyntaxError);
    expect(() => parseHistory('{"op":"rea')).toThrow(SyntaxError);
  });

  it('takes the highest version that had ended, in whatever order the operations ended and are given', () => {
    const [first, second] = [write(1, 0, 5), write(2, 1, 6)];
    const stale = read(1, 7, 8);
    expect(checkHistory([first, second, stale]).stale).toEqual([{ read: stale, before: second }]);
    const [higher, lower] = [write(2, 0, 5), write(1, 1, 6)];
    expect(checkHistory([higher, lower, stale]).stale).toEqual([{ read: stale, before: higher }]);
    const reads = [read(1, 20, 21), read(0, 1, 2), read(0, 3, 4)];
    for (const order of [reads, reads.toReversed()]) {
      expect(checkHistory([write(1, 0, 10), ...order])).toMatchObject({ stale: [], inversions: [] });
    }
    const [earlier, later, old] = [read(2, 1, 2), read(2, 1, 3), read(1, 4, 5)];
    expect(checkHistory([write(1, 0, 1), write(2, 0, 9), earlier, later, old]).inversions).toEqual([
      { read: old, before: earlier },
    ]);
  });

  it('lets either of two operations that touch in time have come first', () => {
    expect(checkHistory([write(1, 0, 10), read(0, 10, 12)]).stale).toEqual([]);
    expect(checkHistory([write(1, 5, 10), read(1, 0, 5)]).impossible).toEqual([]);
  });

  it('counts the reads that a cache has answered', () => {
    const caches = (['l1', 'l2', 'store', 'l2'] as const).map((cache) => read(0, 0, 1, { cache }));
    expect(checkHistory(caches)).toMatchObject({ reads: 4, cached: 3 });
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['a number', 1],
    ['another operation', { ...read(1, 0, 1), op: 'scan' }],
    ['no key', { ...read(1, 0, 1), key: 1 }],
    ['no version', { ...read(1, 0, 1), version: '1' }],
    ['no start', { ...read(1, 0, 1), start: null }],
    ['no end', { ...read(1, 0, 1), end: undefined }],
    ['no gateway', { ...read(1, 0, 1), instance: undefined }],
    ['another outcome', { ...read(1, 0, 1), outcome: 'maybe' }],
  ])('takes no line for an operation that has %s, and says which', (_what, value) => {
    const text = `${formatOperation(read(1, 0, 1))}\n  \n${JSON.stringify(value)}`;
    expect(() => parseHistory(text)).toThrow('line 2 is no operation of a history');
  });

  it.each(['ok', 'fail', 'unknown'] as const)('reads an operation that ended in %s', (outcome) => {
    expect(parseHistory(formatOperation(write(1, 0, 1, outcome)))).toEqual([write(1, 0, 1, outcome)]);
  });
});
