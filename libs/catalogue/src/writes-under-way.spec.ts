import type { LogRecord } from '@coffer/coherence';
import { fenceOf } from '@coffer/secrets';
import { WritesUnderWay } from './writes-under-way.js';

const WINDOW_MS = 1_000;
const identity = { partition: 0, owner: 0n };

const tested = () => {
  const writes = new WritesUnderWay(WINDOW_MS);
  const read = (timestamp: number, record: LogRecord): void => writes.read({ shard: 0, offset: 0n, timestamp, record });
  const fields = (path: string, offset: bigint) => ({ ...identity, path, fence: fenceOf(1, offset), operation: 'o' });
  return {
    writes,
    prepare: (path: string, offset: bigint, timestamp = 0) =>
      read(timestamp, { type: 'PREPARE', ...fields(path, offset), prepareNumber: 1 }),
    commit: (path: string, offset: bigint) =>
      read(0, {
        ...{ type: 'COMMIT', ...fields(path, offset), kind: 'put', fingerprint: '' },
        ...{ outcome: 'applied', sealed: new Uint8Array() },
      }),
    abort: (path: string, offset: bigint) =>
      read(0, { type: 'ABORT', ...fields(path, offset), kind: 'put', fingerprint: '', code: 'invalid' }),
  };
};

it('a write is under way from its PREPARE to its end, whichever that is', () => {
  const { writes, prepare, commit, abort } = tested();
  prepare('a', 1n);
  prepare('b', 2n);
  expect([writes.has('a'), writes.has('b'), writes.has('c')]).toEqual([true, true, false]);
  commit('a', 1n);
  abort('b', 2n);
  expect([writes.has('a'), writes.has('b'), writes.size]).toEqual([false, false, 0]);
});

it('the end of an earlier write ends no later one', () => {
  const { writes, prepare, commit } = tested();
  prepare('a', 2n);
  commit('a', 1n);
  expect(writes.has('a')).toBe(true);
  prepare('a', 1n);
  commit('a', 2n);
  expect(writes.has('a')).toBe(false);
});

it('one that never ends is forgotten after the window', () => {
  const { writes, prepare } = tested();
  prepare('a', 1n, 0);
  prepare('b', 2n, WINDOW_MS);
  expect([writes.has('a'), writes.has('b')]).toEqual([true, true]);
  prepare('c', 3n, WINDOW_MS + 1);
  expect([writes.has('a'), writes.has('b')]).toEqual([false, true]);
});
