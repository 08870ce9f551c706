import { claimOf, type LogEntry, type LogRecord } from '@coffer/coherence';
import { FORGET_AFTER_MS, MAX_GATEWAYS, ProcessObserver } from './process-observer.js';

let now = 10_000;
const observer = () => new ProcessObserver({ leaseMs: 2_000, now: () => now });
const entry = (shard: number, offset: number, timestamp: number, record: LogRecord): LogEntry => ({
  ...{ shard, offset: BigInt(offset), timestamp, record },
});
const grant = (epoch: number, ...names: string[]): LogRecord => ({
  ...{ type: 'GRANT', epoch: BigInt(epoch) },
  leases: names.map((instance) => ({ instance, nonce: 1 })),
});
const epoch: LogRecord = { type: 'EPOCH', claim: 'c' };
const epochOf = (process: string): LogRecord => ({ type: 'EPOCH', claim: claimOf(process, 'c') });

beforeEach(() => (now = 10_000));

it('knows the gateways that hold leases, and when each was last granted one', () => {
  const tested = observer();
  tested.read(entry(0, 1, 1_000, epoch));
  tested.read(entry(1, 1, 1_000, epoch));
  tested.read(entry(0, 2, 9_000, grant(1, 'a', 'b')));
  tested.read(entry(1, 2, 9_500, grant(1, 'a')));
  tested.read(entry(0, 3, 7_000, grant(1, 'c')));
  expect(tested.gateways).toEqual([
    { id: 'a', leases: 2, lastSeenMs: 9_500 },
    { id: 'b', leases: 1, lastSeenMs: 9_000 },
    { id: 'c', leases: 0, lastSeenMs: 7_000 },
  ]);
  now = 7_000 + FORGET_AFTER_MS;
  expect(tested.gateways.map(({ id }) => id)).toEqual(['a', 'b']);
});

it('knows since when each shard and each partition has the process that it has', () => {
  const tested = observer();
  tested.read(entry(1, 1, 1_000, epoch));
  tested.read(entry(0, 1, 2_000, epochOf('gone')));
  tested.read(entry(0, 9, 3_000, epochOf('next')));
  for (const [partition, at] of [
    [5, 4_000],
    [2, 5_000],
    [5, 6_000],
  ] as const) {
    tested.read(entry(0, 10 + at, at, { type: 'OWNER', partition, claim: claimOf('worker', String(at)) }));
  }
  expect(tested.coordinators).toMatchObject([
    { of: 0, process: 'next', sinceMs: 3_000 },
    { of: 1, process: undefined, sinceMs: 1_000 },
  ]);
  expect(tested.workers).toEqual([
    { of: 2, process: 'worker', sinceMs: 5_000 },
    { of: 5, process: 'worker', sinceMs: 6_000 },
  ]);
  tested.read(entry(0, 12, 7_000, { type: 'HANDOVER', epoch: 1n, leases: [] }));
  expect(tested.coordinators).toHaveLength(2);
  tested.read(entry(0, 13, 7_000, { type: 'HANDOVER', epoch: 9n, leases: [] }));
  expect(tested.coordinators).toMatchObject([{ of: 1, sinceMs: 1_000 }]);
});

it('passes over what a coordinator grants whose shard another one has taken', () => {
  const tested = observer();
  tested.read(entry(0, 1, 1_000, epoch));
  tested.read(entry(0, 5, 8_000, epoch));
  tested.read(entry(0, 6, 9_000, grant(1, 'late')));
  expect(tested.gateways).toEqual([]);
});

it('remembers no more than so many', () => {
  const tested = observer();
  for (let at = 0; at < MAX_GATEWAYS + 5; at += 1) tested.read(entry(0, at + 1, 9_000 + at, grant(1, `g${at}`)));
  const ids = tested.gateways.map(({ id }) => id);
  expect([ids.length, ids.includes('g4'), ids.includes('g5')]).toEqual([MAX_GATEWAYS, false, true]);
});
