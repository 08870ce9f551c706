import { randomUUID } from 'node:crypto';
import { fenceOf } from '@coffer/secrets';
import type { AbortRecord, CommitRecord, LogRecord } from './log-record.js';
import { OperationTable } from './operation-table.js';

const WINDOW_MS = 1_000;
let made = 0;
/** As a gateway makes them where there is no idempotency key. */
const uuid = (): string => `${String((made += 1)).padStart(8, '0')}-0000-7000-8000-000000000000`;
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
    const table = new OperationTable(WINDOW_MS);
    expect(table.state('a')).toBeUndefined();
    read(table, { type: 'PREPARE', ...base(0n, 'a'), prepareNumber: 1 });
    expect(table.state('a')).toBe('pending');
    expect(read(table, commit(0n))).toEqual(commit(0n));
    expect(table.state('a')).toMatchObject({ type: 'COMMIT', tenant: 'main' });
    expect(read(table, commit(0n))).toBeUndefined();
  });

  it('believes no ABORT that is said of a mutation which nobody may have queued, unless its reader knows better', () => {
    const table = new OperationTable(WINDOW_MS);
    const claimed = { ...abort(0n), claimed: true } as const;
    expect(read(table, claimed)).toBeUndefined();
    expect(table.state('a')).toBeUndefined();
    const entry = { shard: 0, offset: offset++, timestamp: 0, record: claimed };
    expect(table.read(entry, ({ operation }) => operation === 'a')).toEqual(claimed);
    expect(table.state('a')).toMatchObject({ type: 'ABORT', code: 'invalid' });
    expect(read(table, commit(0n))).toEqual(commit(0n));
  });

  it('believes no record of an owner that another one has followed', () => {
    const table = new OperationTable(WINDOW_MS);
    read(table, { type: 'OWNER', partition: 0, claim: 'old' });
    read(table, { type: 'OWNER', partition: 0, claim: 'new' });
    expect(read(table, commit(0n))).toBeUndefined();
    expect(table.state('a')).toBeUndefined();
    expect(read(table, commit(1n))).toBeDefined();
  });

  it('lets a COMMIT override an ABORT, never the other way round', () => {
    const table = new OperationTable(WINDOW_MS);
    read(table, abort(0n));
    expect(read(table, commit(0n))).toBeDefined();
    expect(read(table, abort(0n))).toBeUndefined();
    expect(table.state('a')).toMatchObject({ type: 'COMMIT' });
  });

  it('follows an operation that is queued again after an ABORT: under way from its PREPARE, failed by its ABORT', () => {
    const table = new OperationTable(WINDOW_MS);
    const later = { fence: fenceOf(1, 5n) };
    read(table, abort(0n));
    read(table, { type: 'PREPARE', ...base(0n, 'a'), prepareNumber: 1 });
    expect(table.state('a')).toMatchObject({ type: 'ABORT', code: 'invalid' });
    read(table, { type: 'PREPARE', ...base(0n, 'a'), ...later, prepareNumber: 1 });
    expect(table.state('a')).toBe('pending');
    expect(read(table, abort(0n))).toBeUndefined();
    expect(table.state('a')).toBe('pending');
    const again = { ...abort(0n), ...later, code: 'corrupt' } as const;
    expect(read(table, again)).toEqual(again);
    expect(read(table, again)).toBeUndefined();
    expect(table.state('a')).toMatchObject({ type: 'ABORT', code: 'corrupt' });
  });

  it('lets a PREPARE that comes after the COMMIT change nothing', () => {
    const table = new OperationTable(WINDOW_MS);
    read(table, commit(0n));
    read(table, { type: 'PREPARE', ...base(0n, 'a'), fence: fenceOf(1, 5n), prepareNumber: 1 });
    expect(table.state('a')).toMatchObject({ type: 'COMMIT' });
  });

  it('forgets what was abandoned, also while another operation is prepared again and again', () => {
    const table = new OperationTable(WINDOW_MS);
    for (let now = 0; now <= 5 * WINDOW_MS; now += 100) {
      read(table, { type: 'PREPARE', ...base(0n, 'stuck'), prepareNumber: 1 }, now);
      read(table, { type: 'PREPARE', ...base(0n, `abandoned ${now}`), prepareNumber: 1 }, now);
    }
    expect(table.state('stuck')).toBe('pending');
    expect(table.size).toBeLessThanOrEqual(2 * (WINDOW_MS / 100 + WINDOW_MS / 8 / 100 + 2));
  });

  it('forgets what is older than the window', () => {
    const table = new OperationTable(WINDOW_MS);
    read(table, commit(0n, 'old'), 0);
    read(table, commit(0n, 'young'), WINDOW_MS);
    expect(table.state('old')).toBeDefined();
    read(table, commit(0n, 'now'), WINDOW_MS + 1);
    expect(table.state('old')).toBeUndefined();
    expect(table.state('young')).toBeDefined();
    expect(table.size).toBe(2);
  });

  it('costs at most 100 bytes an operation', () => {
    const table = new OperationTable(WINDOW_MS);
    for (let count = 0; count < 20_000; count += 1) {
      const record = { ...commit(0n, randomUUID()), fingerprint: 'ab'.repeat(32), sealed: new Uint8Array(200) };
      read(table, { ...record, type: 'PREPARE', prepareNumber: 1 });
      read(table, record);
    }
    expect(table.size).toBe(20_000);
    expect(table.bytes / table.size).toBeLessThanOrEqual(100);
  });

  it('remembers whose it was, what was asked, and how it failed', () => {
    const table = new OperationTable(WINDOW_MS);
    const id = randomUUID();
    read(table, { ...abort(0n, id), path: 'tenant/ns/key', code: 'too-large', fingerprint: 'ab'.repeat(32) });
    const fate = table.state(id);
    if (typeof fate !== 'object') throw new Error('it has ended');
    expect(fate).toMatchObject({ type: 'ABORT', tenant: 'tenant', code: 'too-large' });
    expect(fate.hasFingerprint('ab'.repeat(32))).toBe(true);
    expect(fate.hasFingerprint('ac'.repeat(32))).toBe(false);
  });

  it('forgets the oldest ids beyond its bytes, and none that could be repeated', () => {
    const table = new OperationTable(WINDOW_MS, 200_000);
    const derived = (count: number): string => `${String(count).padStart(8, '0')}-0000-8000-8000-000000000000`;
    for (let count = 0; count < 500; count += 1) read(table, commit(0n, derived(count)), 0);
    expect(table.full).toBe(false);
    for (let count = 0; count < 20_000; count += 1) read(table, commit(0n, uuid()), count / 100);
    expect(table.bytes).toBeLessThanOrEqual(250_000);
    expect(table.evictions).toBeGreaterThan(10_000);
    expect(table.completeSince).toBeGreaterThan(50);
    for (let count = 0; count < 500; count += 1) expect(table.state(derived(count))).toBeDefined();
    for (let count = 500; !table.full; count += 1) read(table, commit(0n, derived(count)), 200);
    expect(table.bytes).toBeLessThanOrEqual(250_000);
    expect(table.state(derived(0))).toBeDefined();
    table.forget(1_000);
    expect([table.size, table.full]).toEqual([0, false]);
  });

  it('keeps the outcome of a patch whose key may be used again, which the request does not tell', () => {
    const table = new OperationTable(WINDOW_MS);
    const derived = '00000000-0000-8000-8000-000000000000';
    const sealed = Uint8Array.of(1, 2, 3);
    read(table, { ...commit(0n, derived), kind: 'patch', sealed });
    expect(table.state(derived)).toMatchObject({ sealed });
    const made = uuid();
    read(table, { ...commit(0n, made), kind: 'patch', sealed });
    expect(table.state(made)).not.toHaveProperty('sealed');
  });

  describe('counts', () => {
    const derived = (count: number): string => `0000000${count}-0000-8000-8000-000000000000`;
    const bytesOf = (...records: readonly LogRecord[]): number => {
      const table = new OperationTable(WINDOW_MS);
      for (const record of records) read(table, record);
      return table.bytes;
    };

    it('a tenant once in a table by its name, and an outcome that it keeps', () => {
      const [id, other] = [uuid(), uuid()];
      const one = bytesOf(commit(0n, id));
      expect(bytesOf({ ...commit(0n, id), path: 'main-and-more/ns/key' }) - one).toBe(2 * '-and-more'.length);
      expect(bytesOf(commit(0n, id), commit(0n, other))).toBe(one);
      const put = bytesOf(commit(0n, derived(1)));
      const patch = bytesOf({ ...commit(0n, derived(1)), kind: 'patch', sealed: new Uint8Array(13) });
      expect(patch - put).toBe(200 + 13);
    });

    it('ids that could be repeated and others together', () => {
      const table = new OperationTable(WINDOW_MS);
      read(table, commit(0n, uuid()));
      const { bytes } = table;
      read(table, commit(0n, derived(1)));
      expect([table.size, table.bytes]).toEqual([2, 2 * bytes]);
    });

    it('what it forgot before its time, at the last of its bytes and not before', () => {
      const max = bytesOf(commit(0n, uuid()));
      const table = new OperationTable(WINDOW_MS, max);
      expect([table.completeSince, table.evictions]).toEqual([-Infinity, 0]);
      read(table, commit(0n, uuid()), 5);
      expect([table.size, table.evictions, table.full]).toEqual([1, 0, false]);
      read(table, commit(0n, uuid()), 6);
      expect([table.size, table.evictions, table.completeSince]).toEqual([1, 1, 5]);
    });

    it('itself as full once ids that could be repeated take up all of its bytes, and remembers what comes all the same', () => {
      const table = new OperationTable(WINDOW_MS, bytesOf(commit(0n, derived(1))));
      read(table, commit(0n, derived(1)));
      expect(table.full).toBe(true);
      read(table, commit(0n, derived(2)));
      expect([table.state(derived(1)), table.state(derived(2))]).not.toContain(undefined);
    });
  });

  it('tells a code of what failed alone, and compares all of a fingerprint that it has', () => {
    const table = new OperationTable(WINDOW_MS);
    read(table, { ...commit(0n), fingerprint: 'ab'.repeat(32) });
    const fate = table.state('a');
    expect(fate).not.toHaveProperty('code');
    if (typeof fate !== 'object') throw new Error('it has ended');
    expect(fate.hasFingerprint('ab'.repeat(12) + 'cd'.repeat(20))).toBe(false);
  });

  it('keeps no outcome of a put, of a patch that failed, or of an id that only looks like one that could be repeated', () => {
    const derived = '00000000-0000-8000-8000-000000000000';
    const sealed = Uint8Array.of(1);
    const kept = (record: LogRecord & { readonly operation: string }) => {
      const table = new OperationTable(WINDOW_MS);
      read(table, record);
      return table.state(record.operation);
    };
    expect(kept({ ...commit(0n, derived), sealed })).not.toHaveProperty('sealed');
    expect(kept({ ...abort(0n, derived), kind: 'patch' })).not.toHaveProperty('sealed');
    expect(kept({ ...commit(0n, '00000000-0000-8000'), kind: 'patch', sealed })).not.toHaveProperty('sealed');
  });
});
