import { checkHistory, type Operation } from '@coffer/coherence/history';
import { KeyHistory } from './key-history.js';

describe('the writes of a path', () => {
  const put = (history: KeyHistory, start: number, end?: number): void => {
    const version = history.begin(false, start);
    if (end !== undefined) history.acknowledge(version, end);
  };
  const remove = (history: KeyHistory, start: number, end?: number): void => {
    const version = history.begin(true, start);
    if (end !== undefined) history.acknowledge(version, end);
  };
  const newHistory = (): KeyHistory => new KeyHistory('ns', 'KEY');

  it('grow by one, and are told by their values', () => {
    const path = newHistory();
    expect(path.begin(false, 1)).toBe(1);
    expect(path.begin(false, 2)).toBe(2);
    expect(path.versionOf(path.value(2))).toBe(2);
    expect(path.versionOf(new KeyHistory('ns.child', 'KEY').value(2))).toBeUndefined();
  });

  it('an absence is that before the first write, or the deletion that the times allow', () => {
    const path = newHistory();
    expect(path.absentVersion(1, 2)).toBe(0);
    put(path, 10, 20);
    expect(path.absentVersion(15, 30)).toBe(0);
    remove(path, 30, 40);
    expect(path.absentVersion(35, 36)).toBe(2);
    expect(path.absentVersion(50, 60)).toBe(2);
    put(path, 70, 80);
    remove(path, 90);
    expect(path.absentVersion(85, 95)).toBe(4);
  });

  it('allow what was acknowledged last, or a later version', () => {
    const path = newHistory();
    put(path, 10, 20);
    put(path, 30, 40);
    put(path, 50);
    expect([0, 1, 2, 3, 4].filter((version) => path.mayHold(version))).toEqual([2, 3]);
    expect(path.acknowledged).toBe(2);
  });

  it('an absence is not told where it may be either of two', () => {
    const path = newHistory();
    put(path, 10, 20);
    remove(path, 30);
    expect(path.absentVersion(5, 35)).toBeUndefined();
  });

  it('an absence after a put that was acknowledged is found to be stale', () => {
    const path = newHistory();
    put(path, 10, 20);
    const version = path.absentVersion(30, 40);
    const one = { key: path.name, instance: 'gateway', outcome: 'ok' } as const;
    const history: Operation[] = [
      { op: 'write', version: 1, start: 10, end: 20, ...one },
      { op: 'read', version: version ?? NaN, start: 30, end: 40, ...one },
    ];
    expect(checkHistory(history).stale).toHaveLength(1);
  });
});
