import { fenceOf } from '@coffer/secrets';
import { Coordinator } from './coordinator.js';
import type { CoordinatorEffect } from './events.js';
import type { LogEntry, LogRecord } from '../log-record.js';
import { DEFAULT_TIMING } from '../timing.js';

class Shard {
  readonly entries: LogEntry[] = [];

  constructor(readonly readers: Coordinator[]) {}

  append(record: LogRecord, now = 0): CoordinatorEffect[][] {
    const entry: LogEntry = { shard: 0, offset: BigInt(this.entries.length), timestamp: now, record };
    this.entries.push(entry);
    return this.readers.map((reader) => reader.handle({ type: 'log', entry }, now));
  }
}

const prepare = (owner: bigint, offset = 0): LogRecord => ({
  type: 'PREPARE',
  partition: 4,
  owner,
  path: 'main/ns/key',
  fence: fenceOf(1, BigInt(offset)),
  operation: 'operation',
  prepareNumber: 1,
});

const WAIT = DEFAULT_TIMING.leaseMs + DEFAULT_TIMING.clockErrorMs;

describe('the coordinator', () => {
  it('rule 7: clears nothing before T + ε after it read its own EPOCH', () => {
    const coordinator = new Coordinator({ timing: DEFAULT_TIMING, alone: false });
    const shard = new Shard([coordinator]);
    expect(coordinator.handle({ type: 'start', claim: 'me' }, 0)).toEqual([
      { type: 'append', record: { type: 'EPOCH', claim: 'me' } },
    ]);
    shard.append({ type: 'EPOCH', claim: 'me' }, 10);
    expect(shard.append(prepare(0n), 20)).toEqual([[]]);
    expect(coordinator.busy).toBe(true);
    expect(coordinator.handle({ type: 'tick' }, 10 + WAIT - 1)).toEqual([]);
    expect(coordinator.handle({ type: 'tick' }, 10 + WAIT)).toEqual([
      { type: 'append', record: { type: 'CLEARED', epoch: 0n, prepareOffset: 1n } },
    ]);
    expect(coordinator.busy).toBe(false);
  });

  it('clears at once when it knows that it is alone', () => {
    const shard = new Shard([new Coordinator({ timing: DEFAULT_TIMING, alone: true })]);
    shard.readers[0]?.handle({ type: 'start', claim: 'me' }, 0);
    shard.append({ type: 'EPOCH', claim: 'me' });
    expect(shard.append(prepare(0n))).toEqual([
      [{ type: 'append', record: { type: 'CLEARED', epoch: 0n, prepareOffset: 1n } }],
    ]);
  });

  it('rule 7: stops for good when it reads a later EPOCH', () => {
    const [first, second] = [0, 1].map(() => new Coordinator({ timing: DEFAULT_TIMING, alone: true })) as [
      Coordinator,
      Coordinator,
    ];
    const shard = new Shard([first, second]);
    first.handle({ type: 'start', claim: 'first' }, 0);
    shard.append({ type: 'EPOCH', claim: 'first' });
    second.handle({ type: 'start', claim: 'second' }, 0);
    expect(shard.append({ type: 'EPOCH', claim: 'second' })).toEqual([[{ type: 'stopped' }], []]);
    const [byFirst, bySecond] = shard.append(prepare(0n));
    expect(byFirst).toEqual([]);
    expect(bySecond).toEqual([{ type: 'append', record: { type: 'CLEARED', epoch: 1n, prepareOffset: 2n } }]);
    expect(first.handle({ type: 'tick' }, 60_000)).toEqual([]);
  });

  it('clears no PREPARE of an owner that another one has followed', () => {
    const coordinator = new Coordinator({ timing: DEFAULT_TIMING, alone: true });
    const shard = new Shard([coordinator]);
    coordinator.handle({ type: 'start', claim: 'me' }, 0);
    shard.append({ type: 'EPOCH', claim: 'me' });
    shard.append({ type: 'OWNER', partition: 4, claim: 'old' });
    shard.append({ type: 'OWNER', partition: 4, claim: 'new' });
    expect(shard.append(prepare(1n))).toEqual([[]]);
    expect(shard.append(prepare(2n))[0]).toHaveLength(1);
  });

  it('claims its shard again when its EPOCH was lost', () => {
    const coordinator = new Coordinator({ timing: DEFAULT_TIMING, alone: false });
    coordinator.handle({ type: 'start', claim: 'me' }, 0);
    expect(coordinator.handle({ type: 'tick' }, DEFAULT_TIMING.clearedTimeoutMs - 1)).toEqual([]);
    expect(coordinator.handle({ type: 'tick' }, DEFAULT_TIMING.clearedTimeoutMs)).toEqual([
      { type: 'append', record: { type: 'EPOCH', claim: 'me' } },
    ]);
  });
});
