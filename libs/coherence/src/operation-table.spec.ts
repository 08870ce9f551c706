import { fenceOf } from '@coffer/secrets';
import type { AbortRecord, CommitRecord, LogRecord } from './log-record.js';
import { OperationTable } from './operation-table.js';

const WINDOW = 1_000;
const base = (owner: bigint, operation: string) =>
  ({
    partition: 0,
    owner,
    path: 'main/ns/key',
    fence: fenceOf(1, 0n),
    operation,
    kind: 'put',
    fingerprint: 'f',
  }) as const;
const commit = (owner: bigint, operation = 'a'): CommitRecord => ({
  type: 'COMMIT',
  ...base(owner, operation),
  outcome: 'applied',
  sealed: new Uint8Array(),
});
const abort = (owner: bigint, operation = 'a'): AbortRecord => ({
  type: 'ABORT',
  ...base(owner, operation),
  code: 'invalid',
});

describe('the operation table', () => {
  let offset = 0n;
  const read = (table: OperationTable, record: LogRecord, timestamp = 0) =>
    table.read({ shard: 0, offset: offset++, timestamp, record });

  beforeEach(() => (offset = 0n));

  it('follows an operation from PREPARE to its end', () => {
    const table = new OperationTable(WINDOW);
    expect(table.state('a')).toBeUndefined();
    read(table, { type: 'PREPARE', ...base(0n, 'a'), attempt: 1 });
    expect(table.state('a')).toBe('pending');
    expect(read(table, commit(0n))).toEqual(commit(0n));
    expect(table.state('a')).toEqual(commit(0n));
    expect(read(table, commit(0n))).toBeUndefined();
  });

  it('believes no ABORT that is said of a mutation which nobody may have queued, unless its reader knows better', () => {
    const table = new OperationTable(WINDOW);
    const claimed = { ...abort(0n), claimed: true } as const;
    expect(read(table, claimed)).toBeUndefined();
    expect(table.state('a')).toBeUndefined();
    const entry = { shard: 0, offset: offset++, timestamp: 0, record: claimed };
    expect(table.read(entry, ({ operation }) => operation === 'a')).toEqual(claimed);
    expect(table.state('a')).toEqual(claimed);
    expect(read(table, commit(0n))).toEqual(commit(0n));
  });

  it('believes no record of an owner that another one has followed', () => {
    const table = new OperationTable(WINDOW);
    read(table, { type: 'OWNER', partition: 0, claim: 'old' });
    read(table, { type: 'OWNER', partition: 0, claim: 'new' });
    expect(read(table, commit(0n))).toBeUndefined();
    expect(table.state('a')).toBeUndefined();
    expect(read(table, commit(1n))).toBeDefined();
  });

  it('lets a COMMIT override an ABORT, never the other way round', () => {
    const table = new OperationTable(WINDOW);
    read(table, abort(0n));
    expect(read(table, commit(0n))).toBeDefined();
    expect(read(table, abort(0n))).toBeUndefined();
    expect(table.state('a')).toMatchObject({ type: 'COMMIT' });
  });

  it('follows an operation that is queued again after an ABORT: under way from its PREPARE, failed by its ABORT', () => {
    const table = new OperationTable(WINDOW);
    const later = { fence: fenceOf(1, 5n) };
    read(table, abort(0n));
    read(table, { type: 'PREPARE', ...base(0n, 'a'), attempt: 1 });
    expect(table.state('a')).toEqual(abort(0n));
    read(table, { type: 'PREPARE', ...base(0n, 'a'), ...later, attempt: 1 });
    expect(table.state('a')).toBe('pending');
    expect(read(table, abort(0n))).toBeUndefined();
    expect(table.state('a')).toBe('pending');
    const again = { ...abort(0n), ...later, code: 'corrupt' } as const;
    expect(read(table, again)).toEqual(again);
    expect(read(table, again)).toBeUndefined();
    expect(table.state('a')).toEqual(again);
  });

  it('lets a PREPARE that comes after the COMMIT change nothing', () => {
    const table = new OperationTable(WINDOW);
    read(table, commit(0n));
    read(table, { type: 'PREPARE', ...base(0n, 'a'), fence: fenceOf(1, 5n), attempt: 1 });
    expect(table.state('a')).toEqual(commit(0n));
  });

  it('forgets what was abandoned, also while another operation is prepared again and again', () => {
    const table = new OperationTable(WINDOW);
    for (let now = 0; now <= 5 * WINDOW; now += 100) {
      read(table, { type: 'PREPARE', ...base(0n, 'stuck'), attempt: 1 }, now);
      read(table, { type: 'PREPARE', ...base(0n, `abandoned ${now}`), attempt: 1 }, now);
    }
    expect(table.state('stuck')).toBe('pending');
    expect(table.size).toBeLessThanOrEqual(WINDOW / 100 + 2);
  });

  it('forgets what is older than the window', () => {
    const table = new OperationTable(WINDOW);
    read(table, commit(0n, 'old'), 0);
    read(table, commit(0n, 'young'), WINDOW);
    expect(table.state('old')).toBeDefined();
    read(table, commit(0n, 'now'), WINDOW + 1);
    expect(table.state('old')).toBeUndefined();
    expect(table.state('young')).toBeDefined();
    expect(table.size).toBe(2);
  });
});
