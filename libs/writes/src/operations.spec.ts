import type { AbortRecord, CommitRecord, LogEntry, PrepareRecord } from '@coffer/coherence';
import { fenceOf, type Clock, type ErrorCode } from '@coffer/secrets';
import { Operations } from './operations.js';

const WINDOW_MS = 60_000;
const START = 1_700_000_000_000;
const UUID8 = '00000000-0000-8000-8000-000000000000';

const expired = (id?: string) =>
  expect.objectContaining({
    code: 'operation-expired',
    details: id === undefined ? {} : { operation: id },
  }) as Error;

describe('Operations', () => {
  let now: number;
  let horizon: number;
  let offset: bigint;
  let operations: Operations;
  const clock: Clock = { monotonic: () => now, wall: () => now };
  beforeEach(() => {
    [now, horizon, offset] = [START, START - WINDOW_MS, 0n];
    operations = new Operations(WINDOW_MS, { horizon: () => horizon }, clock);
  });

  let count = 0;
  /** A UUIDv7 made at that time. */
  const generated = (made = now): string => {
    const hex = made.toString(16).padStart(12, '0');
    return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${String((count += 1)).padStart(12, '0')}`;
  };
  /** A UUIDv8, as of an idempotency key. */
  const derived = (): string => `00000000-0000-8000-8000-${String((count += 1)).padStart(12, '0')}`;

  const said = (operation: string, at: bigint, fingerprint: string) => ({
    ...{ partition: 0, owner: 0n, path: 'main/company/KEY', fence: fenceOf(1, at), operation, fingerprint },
    kind: 'put' as const,
  });
  const read = (record: CommitRecord | AbortRecord | PrepareRecord): void => {
    const entry: LogEntry = { shard: 0, offset, timestamp: now, record };
    offset += 1n;
    operations.read(entry);
  };
  const commit = (operation: string, at = 1n, fingerprint = 'f'): void =>
    read({ type: 'COMMIT', ...said(operation, at, fingerprint), outcome: 'applied', sealed: new Uint8Array() });
  const abort = (operation: string, at = 1n, code: ErrorCode = 'denied', fingerprint = 'f'): void =>
    read({ type: 'ABORT', ...said(operation, at, fingerprint), code });
  const prepare = (operation: string, at = 1n): void => {
    const { partition, owner, path, fence } = said(operation, at, 'f');
    read({ type: 'PREPARE', partition, owner, path, fence, operation, prepareNumber: 1 });
  };
  /** An ABORT that anybody may have brought about; it says something to who queued the mutation at that place alone. */
  const claim = (operation: string, at: bigint, partition = 0): void =>
    read({ type: 'ABORT', ...said(operation, at, 'f'), partition, code: 'corrupt', claimed: true });
  const stateOf = (operation: string) => operations.state('main', operation);

  describe('the state of an operation', () => {
    it('is what the log said, for its tenant alone', () => {
      const [applied, failed] = [generated(), generated()];
      commit(applied);
      abort(failed);
      expect([stateOf(applied), stateOf(failed)]).toEqual([{ state: 'applied' }, { state: 'failed', code: 'denied' }]);
      for (const id of [applied, failed]) expect(() => operations.state('other', id)).toThrow(expired(id));
      expect([operations.applied(applied), operations.applied(failed)]).toEqual([true, false]);
      expect(operations.applied(generated())).toBe(false);
    });

    it('is pending for an unknown id that is young enough to be under way', () => {
      for (const made of [horizon, now, now + WINDOW_MS])
        expect(stateOf(generated(made))).toEqual({ state: 'pending' });
      for (const made of [horizon - 1, now + WINDOW_MS + 1]) {
        const id = generated(made);
        expect(() => stateOf(id)).toThrow(expired(id));
      }
    });

    it('is pending for an unknown id of an idempotency key during one window after it was first asked for', () => {
      const id = derived();
      expect(stateOf(id)).toEqual({ state: 'pending' });
      now += WINDOW_MS;
      expect(stateOf(id)).toEqual({ state: 'pending' });
      now += 1;
      expect(() => stateOf(id)).toThrow(expired(id));
    });

    it.each(['', 'x', `${UUID8}0`, ` ${UUID8}`, UUID8.replace(/0$/, 'A'), UUID8.replaceAll('-', '')])(
      'is none for %j, which is no id, and is not repeated',
      (id) => {
        expect(() => stateOf(id)).toThrow(expired());
      },
    );

    it('is unavailable for what the queue certainly has not taken, until the log says otherwise', () => {
      const id = generated();
      operations.refuse(id, 'f');
      expect(stateOf(id)).toEqual({ state: 'failed', code: 'unavailable' });
      commit(id);
      expect(stateOf(id)).toEqual({ state: 'applied' });
    });

    it('is what the log said also where the queue did not take this gateway’s copy of it', () => {
      const [failed, applied] = [derived(), derived()];
      abort(failed);
      commit(applied);
      for (const id of [failed, applied]) operations.refuse(id, 'f');
      expect(stateOf(failed)).toEqual({ state: 'failed', code: 'denied' });
      expect(stateOf(applied)).toEqual({ state: 'applied' });
    });

    it('is pending from its PREPARE on, however old its id is', () => {
      const id = generated(horizon - 1);
      prepare(id);
      expect(stateOf(id)).toEqual({ state: 'pending' });
      expect(operations.applied(id)).toBe(false);
      expect(() => operations.earlier(id, 'f')).toThrow(expect.objectContaining({ code: 'operation-in-flight' }));
    });
  });

  describe('an operation that is expected', () => {
    it('ends for all who wait by its next end in the log', async () => {
      const id = generated(horizon - 1);
      const ends = [operations.expect(id, 'f'), operations.expect(id, 'f')];
      expect(stateOf(id)).toEqual({ state: 'pending' });
      abort(id);
      expect((await Promise.all(ends)).map(({ type }) => type)).toEqual(['ABORT', 'ABORT']);
      const again = operations.expect(id, 'f');
      expect(stateOf(id)).toEqual({ state: 'pending' });
      commit(id, 2n);
      expect((await again).type).toBe('COMMIT');
      expect(stateOf(id)).toEqual({ state: 'applied' });
    });

    it('is forgotten after the window, and what was expected later is not', () => {
      const [first, second] = [generated(horizon - 1), generated(horizon - 1)];
      void operations.expect(first, 'f');
      now += 1;
      void operations.expect(second, 'f');
      now = START + WINDOW_MS;
      operations.sweep();
      expect(stateOf(first)).toEqual({ state: 'pending' });
      now += 1;
      operations.sweep();
      expect(() => stateOf(first)).toThrow(expired(first));
      expect(stateOf(second)).toEqual({ state: 'pending' });
      now += 1;
      void operations.expect(generated(), 'f');
      expect(() => stateOf(second)).toThrow(expired(second));
    });

    it('is forgotten at its caller’s wish', () => {
      const id = generated(horizon - 1);
      void operations.expect(id, 'f');
      operations.forget(id);
      expect(() => stateOf(id)).toThrow(expired(id));
    });

    it('ends by a claim at its own place alone', () => {
      const id = generated();
      void operations.expect(id, 'f');
      operations.placed(id, { partition: 0, offset: 7n });
      claim(id, 8n);
      claim(id, 7n, 1);
      expect(stateOf(id)).toEqual({ state: 'pending' });
      claim(id, 7n);
      expect(stateOf(id)).toEqual({ state: 'failed', code: 'corrupt' });
    });

    it.each([
      [1n, 'pending'],
      [2n, 'failed'],
      [5n, 'failed'],
      [6n, 'pending'],
    ])('of five claims that were read before its place was known remembers four: at %d it is %s', (at, state) => {
      const id = generated();
      void operations.expect(id, 'f');
      for (let claimed = 1n; claimed <= 5n; claimed += 1n) claim(id, claimed);
      operations.placed(id, { partition: 0, offset: at });
      expect(stateOf(id)).toMatchObject({ state });
    });

    it('is not made up by a place or a claim', () => {
      const id = generated(horizon - 1);
      operations.placed(id, { partition: 0, offset: 7n });
      claim(id, 7n);
      expect(() => stateOf(id)).toThrow(expired(id));
    });
  });

  describe('a request that was made before', () => {
    const mismatch = (id: string) =>
      expect.objectContaining({ code: 'operation-mismatch', details: { operation: id } }) as Error;
    const inFlight = (id: string) =>
      expect.objectContaining({ code: 'operation-in-flight', details: { operation: id } }) as Error;

    it('is unknown where nothing was heard of it, or where the queue did not take it', () => {
      const id = derived();
      expect(operations.earlier(id, 'f')).toBeUndefined();
      operations.refuse(id, 'f');
      expect(operations.earlier(id, 'f')).toBeUndefined();
      expect(() => operations.earlier(id, 'other')).toThrow(mismatch(id));
    });

    it('is in flight until its end, and again when it is queued again after an ABORT', () => {
      const id = derived();
      void operations.expect(id, 'f');
      expect(() => operations.earlier(id, 'f')).toThrow(inFlight(id));
      expect(() => operations.earlier(id, 'other')).toThrow(mismatch(id));
      abort(id);
      expect(operations.earlier(id, 'f')).toMatchObject({ type: 'ABORT', code: 'denied' });
      void operations.expect(id, 'f');
      expect(() => operations.earlier(id, 'f')).toThrow(inFlight(id));
    });

    it('has the end of its first COMMIT, for the same payload alone', () => {
      const id = derived();
      commit(id);
      expect(operations.earlier(id, 'f')).toMatchObject({ type: 'COMMIT', tenant: 'main' });
      void operations.expect(id, 'f');
      expect(operations.earlier(id, 'f')).toMatchObject({ type: 'COMMIT' });
      expect(() => operations.earlier(id, 'other')).toThrow(mismatch(id));
    });
  });

  describe('memory', () => {
    it('is of what the log said, bounded, and full when ids that callers may repeat take all of it', () => {
      operations = new Operations(WINDOW_MS, { horizon: () => horizon }, clock, 100_000);
      expect(operations.memory).toMatchObject({ limitBytes: 100_000, evictions: 0 });
      operations.requireRoom();
      for (let bytes = 0; bytes < 3_000; bytes += 1) commit(generated());
      operations.requireRoom();
      const { evictions = 0 } = operations.memory;
      expect(evictions).toBeGreaterThan(0);
      for (let bytes = 0; bytes < 3_000; bytes += 1) commit(derived());
      expect(() => operations.requireRoom()).toThrow(
        expect.objectContaining({ code: 'overloaded', message: expect.stringContaining('last 1 minutes') as string }),
      );
    });

    it('is given back by a sweep a minute after the window, where the log stands still', () => {
      commit(generated());
      const { bytes } = operations.memory;
      expect(bytes).toBeGreaterThan(0);
      now += WINDOW_MS;
      operations.sweep();
      expect(operations.memory.bytes).toBe(bytes);
      now += 60_000 + WINDOW_MS;
      operations.sweep();
      expect(operations.memory.bytes).toBeLessThan(bytes);
    });

    it('is swept sixteen times a window between start and close', () => {
      jest.useFakeTimers();
      try {
        const [one, two] = [generated(horizon - 1), generated(horizon - 1)];
        operations.start();
        void operations.expect(one, 'f');
        now += WINDOW_MS + 1;
        expect(stateOf(one)).toEqual({ state: 'pending' });
        jest.advanceTimersByTime(WINDOW_MS / 16);
        expect(() => stateOf(one)).toThrow(expired(one));
        operations.close();
        void operations.expect(two, 'f');
        now += WINDOW_MS + 1;
        jest.advanceTimersByTime(WINDOW_MS);
        expect(stateOf(two)).toEqual({ state: 'pending' });
      } finally {
        jest.useRealTimers();
      }
    });
  });
});
