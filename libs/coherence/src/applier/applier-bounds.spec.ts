import { fenceOf } from '@coffer/secrets';
import type { LogRecord } from '../log-record.js';
import { DEFAULT_TIMING } from '../timing.js';
import { Applier } from './applier.js';
import type { ApplierEffect, ApplierEvent, Attempt, AttemptResult } from './events.js';

const PARTITION = 5;
const { clearedTimeoutMs, applyDeadlineMs } = DEFAULT_TIMING;
const APPLIED: AttemptResult = { kind: 'applied', sealed: new Uint8Array([1]) };

const attempt = (offset: number, path = 'main/ns/key', more: Partial<Attempt> = {}): Attempt => ({
  ...{ offset: BigInt(offset), fence: fenceOf(1, BigInt(offset)), path, operation: `o${offset}`, kind: 'put' },
  ...{ fingerprint: 'f', manager: 'm' },
  ...more,
});

/** An applier whose records are in the log only once the test puts them there. */
class Scene {
  now = 0;
  readonly applier = new Applier({ partition: PARTITION, timing: DEFAULT_TIMING });
  offset = -1n;

  handle(event: ApplierEvent): readonly ApplierEffect[] {
    return this.applier.handle(event, this.now);
  }

  read(record: LogRecord): readonly ApplierEffect[] {
    this.offset += 1n;
    return this.handle({ type: 'log', entry: { shard: 1, offset: this.offset, timestamp: this.now, record } });
  }

  /** Puts what is appended into the log, and what that brings. Answers the types of all effects. */
  settle(effects: readonly ApplierEffect[]): string[] {
    return effects.flatMap((effect) =>
      effect.type === 'append' ? [effect.record.type, ...this.settle(this.read(effect.record))] : [String(effect.type)],
    );
  }

  tick(): string[] {
    return this.settle(this.handle({ type: 'tick' }));
  }

  queue(each: Attempt): string[] {
    return this.settle(this.handle({ type: 'attempt', attempt: each }));
  }

  clear(prepareOffset = this.offset): readonly ApplierEffect[] {
    return this.read({ type: 'CLEARED', epoch: 0n, prepareOffset });
  }

  result(result: AttemptResult, offset = 0, call = 1): readonly ApplierEffect[] {
    return this.handle({ type: 'result', fence: fenceOf(1, BigInt(offset)), call, result });
  }
}

const owned = (): Scene => {
  const scene = new Scene();
  scene.read({ type: 'EPOCH', claim: 'c' });
  scene.settle(scene.handle({ type: 'start', claim: 'me' }));
  return scene;
};
const applying = (): Scene => {
  const scene = owned();
  scene.queue(attempt(0));
  expect(scene.clear()).toMatchObject([{ type: 'apply', call: 1, unresolved: false }]);
  return scene;
};

describe('an applier', () => {
  it('does nothing before it is to have the partition', () => {
    const scene = new Scene();
    const { applier } = scene;
    expect([applier.active, applier.halted, applier.busy, applier.unfinished]).toEqual([false, false, false, 0]);
    expect([scene.tick(), scene.queue(attempt(0)), applier.unfinished]).toEqual([[], [], 0]);
    expect(scene.read({ type: 'OWNER', partition: PARTITION, claim: 'other' })).toEqual([]);
  });

  it('is busy until its OWNER is read, and while something is unfinished', () => {
    const scene = new Scene();
    const claim = scene.handle({ type: 'start', claim: 'me' });
    expect([scene.applier.busy, scene.applier.active]).toEqual([true, false]);
    scene.settle(claim);
    expect([scene.applier.busy, scene.applier.active]).toEqual([false, true]);
    scene.queue(attempt(0));
    expect(scene.applier.busy).toBe(true);
    expect(scene.handle({ type: 'stop' })).toEqual([]);
    expect([scene.applier.busy, scene.applier.active, scene.applier.unfinished]).toEqual([false, false, 0]);
  });

  it('claims again what was lost, not before its time', () => {
    const scene = new Scene();
    scene.handle({ type: 'start', claim: 'me' });
    scene.now = clearedTimeoutMs - 1;
    expect(scene.handle({ type: 'tick' })).toEqual([]);
    scene.now += 1;
    expect(scene.handle({ type: 'tick' })).toEqual([
      { type: 'append', record: { type: 'OWNER', partition: PARTITION, claim: 'me' } },
    ]);
  });

  it('heeds no record of another partition', () => {
    const scene = applying();
    const { fence, path, operation } = attempt(0);
    const said = { partition: PARTITION + 1, owner: 9n, path, fence, operation };
    const end = { ...said, kind: 'put', fingerprint: 'f' } as const;
    expect(scene.read({ type: 'OWNER', partition: PARTITION + 1, claim: 'other' })).toEqual([]);
    expect(scene.read({ type: 'PREPARE', ...said, prepareNumber: 1 })).toEqual([]);
    scene.result(APPLIED);
    expect(scene.read({ type: 'COMMIT', ...end, outcome: 'applied', sealed: new Uint8Array() })).toEqual([]);
    expect(scene.read({ type: 'ABORT', ...end, code: 'denied' })).toEqual([]);
    expect([scene.applier.unfinished, scene.applier.memory.size]).toEqual([1, 1]);
  });

  it('takes no answer to a call that it did not make, or not to this one, nor a dead letter that it did not ask for', () => {
    const scene = applying();
    expect(scene.result(APPLIED, 0, 2)).toEqual([]);
    expect(scene.result(APPLIED, 7)).toEqual([]);
    expect(scene.handle({ type: 'dead-lettered', fence: attempt(0).fence })).toEqual([]);
    expect(scene.handle({ type: 'dead-lettered', fence: attempt(7).fence })).toEqual([]);
    expect(scene.settle(scene.result(APPLIED))).toEqual(['COMMIT', 'finish']);
    expect(scene.result(APPLIED)).toEqual([]);
  });

  it('counts its calls, so that a late answer to an earlier one says nothing', () => {
    const scene = applying();
    expect(scene.result({ kind: 'unknown' })).toEqual([]);
    scene.now += DEFAULT_TIMING.backoff.maxMs;
    expect(scene.tick()).toEqual(['PREPARE']);
    expect(scene.clear()).toMatchObject([{ type: 'apply', call: 2, unresolved: true }]);
    expect(scene.result(APPLIED, 0, 1)).toEqual([]);
  });

  it('asks the store up to the last moment of the apply deadline', () => {
    const scene = owned();
    scene.queue(attempt(0));
    scene.now = applyDeadlineMs - 1;
    expect(scene.clear()).toMatchObject([{ type: 'apply' }]);
  });

  it('heeds no PREPARE but its latest, nor one that another owner wrote', () => {
    const scene = owned();
    const [first] = scene.handle({ type: 'attempt', attempt: attempt(0) });
    scene.now = clearedTimeoutMs;
    const [second] = scene.handle({ type: 'tick' });
    if (first?.type !== 'append' || second?.type !== 'append') throw new Error('nothing was prepared');
    expect(scene.read(first.record)).toHaveLength(0);
    expect(scene.clear()).toHaveLength(0);
    const { record } = second;
    if (record.type !== 'PREPARE') throw new Error('something else was written');
    scene.read(record);
    expect(scene.clear()).toMatchObject([{ type: 'apply' }]);
    expect(scene.read({ ...record, owner: record.owner + 1n })).toHaveLength(0);
  });

  it('that has stopped for good prepares nothing with a new epoch', () => {
    const scene = applying();
    scene.queue(attempt(1, 'main/ns/waits'));
    scene.settle(scene.result({ kind: 'fence-ahead', storedFence: fenceOf(3, 7n) }));
    expect(scene.read({ type: 'EPOCH', claim: 'later' })).toHaveLength(0);
  });

  it('asks the store once for one CLEARED', () => {
    const scene = owned();
    scene.queue(attempt(0));
    const prepareOffset = scene.offset;
    scene.clear(prepareOffset);
    expect(scene.clear(prepareOffset)).toEqual([]);
  });

  it('pauses after a refusal that may pass, and then goes on', () => {
    const scene = applying();
    expect(scene.result({ kind: 'refused', code: 'throttled', retryable: true })).toEqual([]);
    scene.now = DEFAULT_TIMING.backoff.firstMs / 2 - 1;
    expect(scene.tick()).toEqual([]);
    scene.now += 1;
    expect(scene.tick()).toEqual(['PREPARE']);
  });

  it('sends an end again that was not read back, not before its time', () => {
    const scene = applying();
    scene.result(APPLIED);
    scene.now = clearedTimeoutMs - 1;
    expect(scene.tick()).toEqual([]);
    scene.now += 1;
    expect(scene.tick()).toEqual(['COMMIT', 'finish']);
  });

  it('says what the store said: that a higher fence was there', () => {
    const scene = applying();
    expect(scene.result({ kind: 'superseded' })).toMatchObject([
      { type: 'append', record: { type: 'COMMIT', outcome: 'superseded', sealed: new Uint8Array() } },
    ]);
  });

  it('seals nothing into the log but what the store answered', () => {
    const scene = applying();
    expect(scene.result(APPLIED)).toMatchObject([
      { record: { type: 'COMMIT', outcome: 'applied', sealed: new Uint8Array([1]), owner: 1n } },
    ]);
  });

  it('goes on at once when a breaker closes, and with nothing when it opens', () => {
    const scene = owned();
    const breaker = (open: boolean) => scene.settle(scene.handle({ type: 'breaker', manager: 'm', open }));
    expect(breaker(true)).toEqual([]);
    expect(scene.queue(attempt(0))).toEqual([]);
    expect(breaker(true)).toEqual([]);
    expect(breaker(false)).toEqual(['PREPARE']);
    expect(breaker(false)).toEqual([]);
  });

  it('that has stopped for good refuses what it is given once it owns the partition, and is not busy', () => {
    const scene = applying();
    expect(scene.settle(scene.result({ kind: 'fence-ahead', storedFence: fenceOf(3, 7n) }))).toEqual([
      'halted',
      'ABORT',
    ]);
    expect([scene.applier.halted, scene.applier.active, scene.applier.busy]).toEqual([true, false, false]);
    expect(scene.queue(attempt(1, 'main/ns/other'))).toEqual(['ABORT']);
    scene.now += 60_000;
    expect(scene.tick()).toEqual([]);
    expect(scene.read({ type: 'EPOCH', claim: 'later' })).toEqual([]);
    scene.settle(scene.handle({ type: 'start', claim: 'again' }));
    expect([scene.applier.halted, scene.applier.active, scene.applier.unfinished]).toEqual([false, true, 0]);
  });

  it('prepares again with a new epoch what waits to be cleared, and nothing else', () => {
    const scene = applying();
    scene.queue(attempt(1, 'main/ns/waits'));
    expect(scene.settle(scene.read({ type: 'EPOCH', claim: 'later' }))).toEqual(['PREPARE']);
    expect(scene.settle(scene.read({ type: 'GRANT', epoch: scene.offset, leases: [] }))).toEqual(['PREPARE']);
    expect(scene.read({ type: 'GRANT', epoch: 0n, leases: [] })).toEqual([]);
  });
});
