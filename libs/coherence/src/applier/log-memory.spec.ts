import { randomUUID } from 'node:crypto';
import { fenceOf } from '@coffer/secrets';
import { LogMemory } from './log-memory.js';

const WINDOW_MS = 1_000;
const STUCK = fenceOf(1, 0n);

describe('what an applier remembers of the log', () => {
  const prepare = (memory: LogMemory, offset: bigint, timestamp: number): void => {
    const record = {
      type: 'PREPARE',
      partition: 0,
      owner: 0n,
      path: 'main/ns/key',
      fence: fenceOf(1, offset),
      operation: `operation ${offset}`,
      prepareNumber: 1,
    } as const;
    memory.read({ shard: 0, offset, timestamp, record });
  };

  it('forgets what is older than the window, also while one mutation is prepared again and again', () => {
    const memory = new LogMemory(WINDOW_MS);
    for (let now = 0; now < 20 * WINDOW_MS; now += 10) {
      prepare(memory, 0n, now);
      prepare(memory, BigInt(now + 1), now);
    }
    expect(memory.wasPrepared(STUCK)).toBe(true);
    expect(memory.size).toBeLessThanOrEqual(WINDOW_MS / 10 + 2);
  });

  it('takes what a partition that has stopped says for no end, and for no beginning', () => {
    const memory = new LogMemory(WINDOW_MS);
    const operation = 'operation 7';
    const said = { partition: 0, owner: 0n, path: 'main/ns/key', fence: fenceOf(1, 7n), operation };
    const end = { ...said, type: 'ABORT', kind: 'put', fingerprint: '', code: 'fence-ahead', seal: 's' } as const;
    memory.read({ shard: 0, offset: 0n, timestamp: 0, record: end });
    expect([memory.hasEnded({ operation, fence: said.fence, seal: 's' }), memory.wasPrepared(said.fence)]).toEqual([
      false,
      false,
    ]);
    prepare(memory, 7n, 0);
    memory.read({ shard: 0, offset: 1n, timestamp: 0, record: end });
    expect(memory.wasPrepared(said.fence)).toBe(true);
  });

  it('remembers a PREPARE for the window, to its last moment', () => {
    const memory = new LogMemory(WINDOW_MS);
    prepare(memory, 1n, 100);
    prepare(memory, 2n, 100 + WINDOW_MS);
    expect(memory.wasPrepared(fenceOf(1, 1n))).toBe(true);
    prepare(memory, 3n, 101 + WINDOW_MS);
    expect([memory.wasPrepared(fenceOf(1, 1n)), memory.wasPrepared(fenceOf(1, 2n))]).toEqual([false, true]);
  });

  it('takes no late PREPARE of what has ended for a beginning', () => {
    const memory = new LogMemory(WINDOW_MS);
    const said = { partition: 0, owner: 0n, path: 'main/ns/key', fence: fenceOf(1, 7n), operation: 'operation 7' };
    const record = { ...said, type: 'ABORT', kind: 'put', fingerprint: '', code: 'denied' } as const;
    memory.read({ shard: 0, offset: 0n, timestamp: 0, record });
    prepare(memory, 7n, 0);
    expect(memory.wasPrepared(said.fence)).toBe(false);
  });

  it('counts the bytes of seals, which it keeps only where there are some', () => {
    const bytesWith = (seal: object): number => {
      const memory = new LogMemory(WINDOW_MS);
      const said = { partition: 0, owner: 0n, path: 'main/ns/key', fence: fenceOf(1, 7n), operation: 'o' };
      const record = { ...said, type: 'ABORT', kind: 'put', fingerprint: '', code: 'denied', ...seal } as const;
      memory.read({ shard: 0, offset: 0n, timestamp: 0, record });
      return memory.bytes;
    };
    expect(bytesWith({ seal: 's' })).toBeGreaterThan(bytesWith({}));
    expect(bytesWith({})).toBeGreaterThan(0);
  });

  it('costs at most 50 bytes a mutation, whatever became of it', () => {
    const memory = new LogMemory(WINDOW_MS);
    for (let offset = 0n; offset < 20_000n; offset += 1n) {
      const fence = fenceOf(1, offset);
      const operation = randomUUID();
      const record = {
        partition: 0,
        owner: 0n,
        path: 'main/ns/key',
        fence,
        operation,
        kind: 'put',
        fingerprint: '',
      } as const;
      const entry = { shard: 0, offset, timestamp: 0 };
      memory.read({ ...entry, record: { type: 'PREPARE', ...record, prepareNumber: 1 } });
      if (offset % 2n === 0n) {
        memory.read({
          ...entry,
          record: { type: 'COMMIT', ...record, outcome: 'applied', sealed: new Uint8Array(200) },
        });
      } else memory.read({ ...entry, record: { type: 'ABORT', ...record, code: 'not-found', seal: `seal ${offset}` } });
      expect(memory.hasEnded({ operation, fence })).toBe(true);
      expect(memory.abortCode(operation, fence)).toBe(offset % 2n === 0n ? undefined : 'not-found');
      expect(memory.wasPrepared(fence)).toBe(false);
    }
    expect(memory.bytes / memory.size).toBeLessThanOrEqual(50);
  });

  it('forgets what is oldest beyond its bytes, and counts that', () => {
    const memory = new LogMemory(WINDOW_MS, 30_000);
    for (let offset = 0n; offset < 5_000n; offset += 1n) {
      const record = {
        type: 'COMMIT',
        partition: 0,
        owner: 0n,
        path: 'main/ns/key',
        fence: fenceOf(1, offset),
      } as const;
      memory.read({
        shard: 0,
        offset,
        timestamp: Number(offset) / 10,
        record: {
          ...record,
          operation: `operation ${offset}`,
          ...{ kind: 'put', fingerprint: '', outcome: 'applied', sealed: new Uint8Array() },
        },
      });
    }
    expect(memory.bytes).toBeLessThanOrEqual(40_000);
    expect(memory.hasEnded({ operation: 'operation 4999', fence: fenceOf(1, 4999n) })).toBe(true);
    expect(memory.hasEnded({ operation: 'operation 0', fence: fenceOf(1, 0n) })).toBe(false);
    expect(memory.evictions).toBeGreaterThan(0);
    expect(memory.size + memory.evictions).toBe(5_000);
  });

  const said = { partition: 0, owner: 0n, path: 'main/ns/key', kind: 'put', fingerprint: '' } as const;
  const abort = (memory: LogMemory, offset: bigint, operation: string): void => {
    const record = { ...said, type: 'ABORT', fence: fenceOf(1, offset), operation, code: 'denied' } as const;
    memory.read({ shard: 0, offset, timestamp: 0, record });
  };
  const commit = (memory: LogMemory, offset: bigint, operation: string): void => {
    const record = { ...said, type: 'COMMIT', fence: fenceOf(1, offset), operation, outcome: 'applied' } as const;
    memory.read({ shard: 0, offset, timestamp: 0, record: { ...record, sealed: new Uint8Array() } });
  };

  it('knows no abort of what was committed when it was queued again', () => {
    const memory = new LogMemory(WINDOW_MS);
    abort(memory, 1n, 'one');
    expect(memory.abortCode('one', fenceOf(1, 1n))).toBe('denied');
    commit(memory, 2n, 'one');
    expect(memory.abortCode('one', fenceOf(1, 1n))).toBeUndefined();
  });

  it('forgets what was committed before what was aborted, and counts what it forgot alone', () => {
    const memory = new LogMemory(WINDOW_MS, 30_000);
    for (let offset = 0n; offset < 10n; offset += 1n) abort(memory, offset, `aborted ${offset}`);
    for (let offset = 10n; offset < 2_000n; offset += 1n) commit(memory, offset, `operation ${offset}`);
    expect(memory.evictions).toBeGreaterThan(0);
    expect(memory.size + memory.evictions).toBe(2_000);
    expect(memory.abortCode('aborted 0', fenceOf(1, 0n))).toBe('denied');
  });

  it('gives up where there is nothing left to forget', () => {
    const memory = new LogMemory(WINDOW_MS, 0);
    prepare(memory, 1n, 0);
    commit(memory, 2n, 'two');
    expect(memory.wasPrepared(fenceOf(1, 1n))).toBe(true);
  });
});
