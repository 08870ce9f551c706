import { fenceOf, type ErrorCode } from '@coffer/secrets';
import type { Attempt } from './events.js';
import { Job, needsDeadLetter, type Phase } from './job.js';

const identity = { partition: 1, owner: 2n };
const BACKOFF = { firstMs: 100, maxMs: 1_000 };
const jobOf = (more: Partial<Attempt> = {}): Job =>
  new Job({
    ...{ offset: 0n, fence: fenceOf(1, 0n), path: 'main/ns/key', operation: 'o', kind: 'put', fingerprint: 'f' },
    manager: 'm',
    ...more,
  });
const pausesOf = (job: Job, count: number): number[] =>
  Array.from({ length: count }, () => {
    job.pause(BACKOFF, 0);
    return job.phase.name === 'pausing' ? job.phase.until : NaN;
  });

describe('a mutation in hand', () => {
  it('pauses twice as long after each failure up to the longest pause, spread by its offset', () => {
    expect(pausesOf(jobOf(), 6)).toEqual([50, 100, 200, 400, 500, 500]);
    expect(pausesOf(jobOf({ offset: 32n }), 2)).toEqual([75, 150]);
    expect(pausesOf(jobOf({ offset: 63n }), 1)).toEqual([100 * (0.5 + 63 / 128)]);
    expect(pausesOf(jobOf({ offset: 64n }), 1)).toEqual([50]);
    const job = jobOf();
    job.pause(BACKOFF, 7_000);
    expect(job.phase).toEqual({ name: 'pausing', until: 7_050 });
  });

  it('counts its PREPAREs', () => {
    const job = jobOf();
    expect([job.begun, job.prepares]).toEqual([false, 0]);
    expect(job.prepare(identity, 5)).toEqual({
      ...{ type: 'PREPARE', ...identity, path: 'main/ns/key', fence: fenceOf(1, 0n), operation: 'o', prepareNumber: 1 },
    });
    expect([job.prepare(identity, 6).prepareNumber, job.preparedAt, job.begun]).toEqual([2, 6, true]);
  });

  it('has begun also where an earlier owner prepared it', () => {
    const job = jobOf();
    job.unresolved = true;
    expect(job.begun).toBe(true);
  });

  const phases: Phase[] = [
    { name: 'pausing', until: 0 },
    { name: 'preparing', sentAt: 0 },
    { name: 'applying' },
    { name: 'dead-lettering', code: 'denied' },
    { name: 'ending', sentAt: 0 },
  ];

  it.each(phases)('is under way, and untouched by the store, as it should be while it is $name', (phase) => {
    const job = jobOf();
    job.phase = phase;
    expect(job.isUnderWay).toBe(phase.name === 'preparing' || phase.name === 'applying');
    expect(job.untouched).toBe(phase.name === 'pausing' || phase.name === 'preparing');
    job.unresolved = true;
    expect(job.untouched).toBe(false);
  });

  it('is held by the breaker of its store, unless a call is unresolved or no store is asked', () => {
    const breakers = new Set(['m']);
    const job = jobOf();
    expect([job.isHeldBy(breakers), job.isHeldBy(new Set(['other']))]).toEqual([true, false]);
    expect(jobOf({ kind: 'drop' }).isHeldBy(breakers)).toBe(false);
    job.unresolved = true;
    expect(job.isHeldBy(breakers)).toBe(false);
  });

  it('is prepared again while the store may change, after so long', () => {
    const job = jobOf();
    job.prepare(identity, 100);
    const fades = (): boolean[] => [job.fades(109, 10), job.fades(110, 10)];
    for (const phase of phases) {
      job.phase = phase;
      expect(fades()).toEqual(phase.name === 'applying' ? [false, true] : [false, false]);
    }
    job.ending = job.abort(identity, 'denied');
    expect(fades()).toEqual([false, false]);
    job.ending = job.commit(identity, 'applied');
    expect(fades()).toEqual([false, true]);
    job.phase = { name: 'pausing', until: 0 };
    expect(fades()).toEqual([false, false]);
  });

  it('ends by a record that says what it was, and no more than it has', () => {
    const said = {
      ...identity,
      path: 'main/ns/key',
      fence: fenceOf(1, 0n),
      operation: 'o',
      kind: 'put',
      fingerprint: 'f',
    };
    expect(jobOf().commit(identity, 'superseded')).toEqual({
      ...{ type: 'COMMIT', ...said, outcome: 'superseded', sealed: new Uint8Array() },
    });
    const plain = jobOf().abort(identity, 'denied');
    expect([plain, Object.keys(plain).length]).toEqual([{ type: 'ABORT', ...said, code: 'denied' }, 9]);
    const job = jobOf({ seal: 's', poison: 'corrupt' });
    job.prepareOffset = 7n;
    expect(job.abort(identity, 'corrupt')).toEqual({
      ...{ type: 'ABORT', ...said, code: 'corrupt', prepareOffset: 7n, seal: 's', claimed: true },
    });
  });

  it('is ended by a refusal for good, where no other call may still land or that one can only be refused alike', () => {
    const isFinal = (code: ErrorCode, retryable: boolean, unresolved: boolean): boolean => {
      const job = jobOf();
      job.unresolved = unresolved;
      return job.isFinal({ kind: 'refused', code, retryable });
    };
    for (const code of ['not-found', 'invalid', 'too-large', 'corrupt', 'precondition-failed'] as const) {
      expect([isFinal(code, false, false), isFinal(code, false, true), isFinal(code, true, false)]).toEqual([
        ...[true, true, false],
      ]);
    }
    for (const code of ['denied', 'read-only', 'conflict'] as const) {
      expect([isFinal(code, false, false), isFinal(code, false, true), isFinal(code, true, true)]).toEqual([
        ...[true, false, false],
      ]);
    }
  });

  it('becomes a dead letter where it is wrong itself, and where neither any client nor the operator brought it about', () => {
    for (const code of ['invalid', 'too-large', 'corrupt', 'conflict'] as const)
      expect(needsDeadLetter(code)).toBe(true);
    for (const code of [
      'not-found',
      'read-only',
      'precondition-failed',
      'denied',
      'unauthenticated',
      'configuration',
    ] as const)
      expect(needsDeadLetter(code)).toBe(false);
  });
});
