import type { LogEntry } from '@coffer/coherence';
import { SecretPath } from '@coffer/secrets';
import type { ChangeEvent } from './change-event.js';
import { EventBuffer } from './event-buffer.js';
import { advanced, parsePosition, positionText, type Position } from './position.js';

const WINDOW_MS = 1_000;
const BEGAN = 10_000;

const at = (shard: number, offset: bigint, timestamp: number): LogEntry => ({
  ...{ shard, offset, timestamp },
  record: { type: 'EPOCH', claim: 'c' },
});
const event = (shard: number, offset: bigint, timestamp: number): ChangeEvent => ({
  ...{ shard, offset, timestamp, type: 'change', operation: 'o', sealed: new Uint8Array() },
  path: SecretPath.of('main', 'company', `K${offset}`),
});
const position = (timestamp: number, ...offsets: bigint[]): Position => ({ log: 'a1', timestamp, offsets });

const tested = (maxBytes?: number) => {
  const buffer = new EventBuffer(WINDOW_MS, BEGAN, maxBytes);
  return {
    buffer,
    add: (shard: number, offset: bigint, timestamp: number): void => {
      buffer.read(at(shard, offset, timestamp));
      buffer.add(event(shard, offset, timestamp));
    },
    since: (of: Position) => buffer.since(of)?.map(({ shard, offset }) => `${shard}:${offset}`),
  };
};

it('answers what came after a position, of every shard, in the order of reading', () => {
  const { add, since } = tested();
  add(0, 5n, BEGAN);
  add(1, 7n, BEGAN + 1);
  add(0, 6n, BEGAN + 2);
  expect(since(position(BEGAN, 5n, 6n))).toEqual(['1:7', '0:6']);
  expect(since(position(BEGAN + 2, 6n, 7n))).toEqual([]);
  // A client that has had more from another gateway.
  expect(since(position(BEGAN + 9, 60n, 7n))).toEqual([]);
});

it('knows nothing of what came before it read, or was forgotten', () => {
  const { buffer, add, since } = tested();
  add(0, 5n, BEGAN);
  expect(since(position(BEGAN - 1, 3n))).toBeUndefined();
  expect(since(position(BEGAN - 1, 4n))).toEqual(['0:5']);
  add(0, 6n, BEGAN + 1);
  buffer.read(at(0, 7n, BEGAN + WINDOW_MS + 1));
  expect(since(position(BEGAN, 4n))).toBeUndefined();
  expect(since(position(BEGAN, 5n))).toEqual(['0:6']);
});

it('forgets the oldest beyond its bytes', () => {
  const { buffer, add, since } = tested(2_000);
  for (let offset = 1n; offset <= 100n; offset += 1n) add(0, offset, BEGAN);
  expect(buffer.memory.bytes).toBeLessThanOrEqual(2_000);
  expect(buffer.memory.evictions).toBeGreaterThan(90);
  expect(since(position(BEGAN, 1n))).toBeUndefined();
  expect(since(position(BEGAN, 99n))).toEqual(['0:100']);
});

it('takes no position of a log that was made anew', () => {
  const { add, since } = tested();
  add(0, 0n, BEGAN);
  expect(since(position(BEGAN - 500, 40n))).toBeUndefined();
  expect(since(position(BEGAN, 0n))).toEqual([]);
});

it('of a shard that says nothing, knows what the window covers', () => {
  const { since } = tested();
  expect(since(position(BEGAN - WINDOW_MS, 3n))).toEqual([]);
  expect(since(position(BEGAN - WINDOW_MS - 1, 3n))).toBeUndefined();
});

it('a position is a text and back', () => {
  for (const tried of [position(0, -1n), position(1_764_000_000_000, 0n, -1n, 123_456_789_012_345n)]) {
    const shards = tried.offsets.length;
    expect(parsePosition(positionText(tried), 'a1', shards)).toEqual(tried);
    expect(parsePosition(positionText(tried), 'a1', 2)).toBeUndefined();
    expect(parsePosition(positionText(tried), 'a2', shards)).toBeUndefined();
  }
  for (const text of ['', 'A.1', '1', '1.-2', '1.2 ', '.1', 'a1.', 'a1.1', 'a1.A.1', 'a1..1', 'a1.1.-2', 'a1.1.2 '])
    expect(parsePosition(text, 'a1', 1)).toBeUndefined();
  expect(advanced(position(5, 1n, 2n), at(1, 9n, 3))).toEqual(position(5, 1n, 9n));
});
