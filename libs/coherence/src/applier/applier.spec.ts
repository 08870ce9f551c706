import { fenceOf, type ErrorCode } from '@coffer/secrets';
import type { LogEntry, LogRecord } from '../log-record.js';
import { DEFAULT_TIMING } from '../timing.js';
import { Applier } from './applier.js';
import type { ApplierEffect, AttemptResult, Attempt } from './events.js';

const PARTITION = 5;
const APPLIED: AttemptResult = { kind: 'applied', sealed: new Uint8Array([1]) };
const refused = (code: ErrorCode, retryable = false): AttemptResult => ({ kind: 'refused', code, retryable });

const mutation = (offset: number, path = 'main/ns/key', more: Partial<Attempt> = {}): Attempt => ({
  offset: BigInt(offset),
  fence: fenceOf(1, BigInt(offset)),
  path,
  operation: `operation-${offset}`,
  kind: 'put',
  fingerprint: `fingerprint-${offset}`,
  manager: 'default',
  ...more,
});

/** A log that its applier reads at once, and an epoch that answers when the test says so. */
class Scene {
  now = 0;
  readonly effects: ApplierEffect[] = [];
  readonly entries: LogEntry[] = [];
  readonly applier = new Applier({ partition: PARTITION, timing: DEFAULT_TIMING });
  epoch = -1n;

  constructor() {
    this.epoch = this.append({ type: 'EPOCH', claim: 'coordinator' });
  }

  append(record: LogRecord): bigint {
    const entry: LogEntry = { shard: 1, offset: BigInt(this.entries.length), timestamp: this.now, record };
    this.entries.push(entry);
    this.take(this.applier.handle({ type: 'log', entry }, this.now));
    return entry.offset;
  }

  take(effects: readonly ApplierEffect[]): void {
    for (const effect of effects) {
      this.effects.push(effect);
      if (effect.type === 'append') this.append(effect.record);
    }
  }

  own(claim = 'me'): void {
    this.take(this.applier.handle({ type: 'start', claim }, this.now));
  }

  queue(ref: Attempt): void {
    this.take(this.applier.handle({ type: 'attempt', attempt: ref }, this.now));
  }

  /** Answers the latest PREPARE of the path. */
  clear(path = 'main/ns/key', epoch = this.epoch): void {
    const prepare = this.entries.findLast(({ record }) => record.type === 'PREPARE' && record.path === path);
    if (prepare === undefined) throw new Error('nothing was prepared');
    this.append({ type: 'CLEARED', epoch, prepareOffset: prepare.offset });
  }

  answer(result: AttemptResult, offset?: number): void {
    const applies = this.effects.filter((effect) => effect.type === 'apply');
    const apply = applies.findLast(({ attempt: ref }) => offset === undefined || ref.offset === BigInt(offset));
    if (apply === undefined) throw new Error('the store was not asked');
    const { fence } = apply.attempt;
    this.take(this.applier.handle({ type: 'result', fence, call: apply.call, result }, this.now));
  }

  deadLettered(ref: Attempt): void {
    this.take(this.applier.handle({ type: 'dead-lettered', fence: ref.fence }, this.now));
  }

  pass(milliseconds: number): void {
    this.now += milliseconds;
    this.take(this.applier.handle({ type: 'tick' }, this.now));
  }

  /** Effects and records in order, as words. */
  get story(): string[] {
    return this.effects.map((effect) => {
      if (effect.type === 'append') return effect.record.type;
      return 'attempt' in effect ? `${effect.type} ${effect.attempt.offset}` : effect.type;
    });
  }

  records(type: LogRecord['type']): LogRecord[] {
    return this.entries.map(({ record }) => record).filter((record) => record.type === type);
  }
}

const owned = (): Scene => {
  const scene = new Scene();
  scene.own();
  return scene;
};

describe('the applier', () => {
  it('goes OWNER, PREPARE, CLEARED, store, COMMIT, and only then finishes', () => {
    const scene = owned();
    scene.queue(mutation(0));
    expect(scene.story).toEqual(['OWNER', 'PREPARE']);
    scene.clear();
    expect(scene.story.at(-1)).toBe('apply 0');
    scene.answer(APPLIED);
    expect(scene.story).toEqual(['OWNER', 'PREPARE', 'apply 0', 'COMMIT', 'finish 0']);
    expect(scene.applier.unfinished).toBe(0);
  });

  it('does nothing before its own OWNER is read back', () => {
    const scene = new Scene();
    const effects = scene.applier.handle({ type: 'start', claim: 'me' }, 0);
    expect(effects.map((effect) => effect.type)).toEqual(['append']);
    scene.queue(mutation(0));
    expect(scene.story).toEqual([]);
    scene.take(effects);
    expect(scene.story).toEqual(['OWNER', 'PREPARE']);
  });

  it('sends OWNER again when it is not read back', () => {
    const scene = new Scene();
    scene.applier.handle({ type: 'start', claim: 'me' }, 0);
    scene.pass(DEFAULT_TIMING.clearedTimeoutMs);
    expect(scene.story).toEqual(['OWNER']);
    expect(scene.applier.active).toBe(true);
  });

  it('keeps the order of one path and lets other paths go on', () => {
    const scene = owned();
    scene.queue(mutation(0, 'main/ns/a'));
    scene.queue(mutation(1, 'main/ns/a'));
    scene.queue(mutation(2, 'main/ns/b'));
    expect(scene.records('PREPARE')).toHaveLength(2);
    scene.clear('main/ns/b');
    scene.answer(APPLIED);
    expect(scene.story.at(-1)).toBe('finish 2');
    scene.clear('main/ns/a');
    scene.answer(refused('throttled', true));
    expect(scene.records('PREPARE')).toHaveLength(2);
    scene.pass(DEFAULT_TIMING.backoff.maxMs);
    scene.clear('main/ns/a');
    scene.answer(APPLIED);
    expect(scene.story.slice(-3)).toEqual(['COMMIT', 'finish 0', 'PREPARE']);
    expect(scene.records('PREPARE').at(-1)).toMatchObject({ fence: mutation(1).fence });
  });

  it('prepares so many of a long queue as can be cleared in time, of each store, and the next once one has ended', () => {
    const scene = new Scene();
    scene.own();
    for (let offset = 0; offset < 100; offset += 1) {
      const manager = offset < 90 ? 'default' : 'other';
      scene.queue(mutation(offset, `main/ns/key-${offset}`, { manager }));
    }
    expect(scene.records('PREPARE')).toHaveLength(32 + 10);
    scene.clear('main/ns/key-7');
    scene.answer(APPLIED);
    scene.pass(50);
    expect(scene.records('PREPARE')).toHaveLength(32 + 10 + 1);
    scene.clear('main/ns/key-8');
    scene.answer(refused('throttled', true));
    scene.pass(50);
    expect(scene.records('PREPARE')).toHaveLength(32 + 10 + 2);
    for (let offset = 0; offset < 100; offset += 1) {
      if (offset === 7) continue;
      scene.pass(DEFAULT_TIMING.backoff.maxMs);
      scene.clear(`main/ns/key-${offset}`);
      scene.answer(APPLIED, offset);
    }
    expect(scene.story.filter((word) => word.startsWith('finish'))).toHaveLength(100);
  });

  it('rule 11: asks no store on a CLEARED of an earlier epoch, and prepares again on a new one', () => {
    const scene = owned();
    scene.queue(mutation(0));
    const old = scene.epoch;
    scene.epoch = scene.append({ type: 'EPOCH', claim: 'another coordinator' });
    expect(scene.records('PREPARE')).toHaveLength(2);
    scene.clear('main/ns/key', old);
    expect(scene.story).not.toContain('apply 0');
    scene.clear();
    expect(scene.story.at(-1)).toBe('apply 0');
  });

  it('rule 11: asks no store on the CLEARED of another PREPARE', () => {
    const scene = owned();
    scene.queue(mutation(0));
    scene.append({ type: 'CLEARED', epoch: scene.epoch, prepareOffset: 0n });
    expect(scene.story).not.toContain('apply 0');
  });

  it('rule 11: asks no store once the apply deadline has passed since its PREPARE was sent', () => {
    const scene = owned();
    scene.queue(mutation(0));
    scene.now += DEFAULT_TIMING.applyDeadlineMs;
    scene.clear();
    expect(scene.story).toEqual(['OWNER', 'PREPARE', 'PREPARE']);
    scene.clear();
    expect(scene.story.at(-1)).toBe('apply 0');
  });

  it('prepares again when no CLEARED comes', () => {
    const scene = owned();
    scene.queue(mutation(0));
    scene.pass(DEFAULT_TIMING.clearedTimeoutMs - 1);
    expect(scene.records('PREPARE')).toHaveLength(1);
    scene.pass(1);
    expect(scene.records('PREPARE')).toHaveLength(2);
  });

  it('sends COMMIT again until it is read back, and finishes only then', () => {
    const scene = owned();
    scene.queue(mutation(0));
    scene.clear();
    const [{ call, attempt: ref }] = scene.effects.filter((effect) => effect.type === 'apply') as [
      Extract<ApplierEffect, { type: 'apply' }>,
    ];
    const lost = scene.applier.handle({ type: 'result', fence: ref.fence, call, result: APPLIED }, scene.now);
    expect(lost.map((effect) => effect.type === 'append' && effect.record.type)).toEqual(['COMMIT']);
    expect(scene.applier.unfinished).toBe(1);
    scene.pass(DEFAULT_TIMING.clearedTimeoutMs);
    expect(scene.story.slice(-2)).toEqual(['COMMIT', 'finish 0']);
  });

  it('rule 12: a redelivered mutation that has ended costs no call', () => {
    const scene = owned();
    scene.queue(mutation(0));
    scene.clear();
    scene.answer(APPLIED);
    scene.own('me again');
    scene.queue(mutation(0));
    expect(scene.story.slice(-2)).toEqual(['OWNER', 'finish 0']);
  });

  it('applies an operation once, however often it was queued', () => {
    const scene = owned();
    scene.queue(mutation(0, 'main/ns/key', { operation: 'the same' }));
    scene.queue(mutation(1, 'main/ns/key', { operation: 'the same' }));
    scene.clear();
    scene.answer(APPLIED);
    expect(scene.story.slice(-3)).toEqual(['COMMIT', 'finish 0', 'finish 1']);
  });

  it('applies the replay of an operation that was aborted', () => {
    const scene = owned();
    const first = mutation(0, 'main/ns/key', { operation: 'the same' });
    scene.queue(first);
    scene.clear();
    scene.answer(refused('invalid'));
    scene.deadLettered(first);
    scene.queue(mutation(1, 'main/ns/key', { operation: 'the same' }));
    scene.clear();
    scene.answer(APPLIED);
    expect(scene.story.at(-1)).toBe('finish 1');
  });

  it('dead-letters what the store refuses for good, then says ABORT with its PREPARE', () => {
    const scene = owned();
    const ref = mutation(0);
    scene.queue(ref);
    scene.clear();
    scene.answer(refused('too-large'));
    expect(scene.story.at(-1)).toBe('dead-letter 0');
    scene.deadLettered(ref);
    expect(scene.story.slice(-2)).toEqual(['ABORT', 'finish 0']);
    expect(scene.records('ABORT')).toMatchObject([{ code: 'too-large', prepareOffset: 2n }]);
  });

  it('answers an absent secret without a dead letter', () => {
    const scene = owned();
    scene.queue(mutation(0, 'main/ns/key', { kind: 'patch' }));
    scene.clear();
    scene.answer(refused('not-found'));
    expect(scene.story.slice(-2)).toEqual(['ABORT', 'finish 0']);
    expect(scene.story).not.toContain('dead-letter 0');
  });

  it('dead-letters a mutation that cannot be opened, in its turn, without PREPARE', () => {
    const scene = owned();
    const poisoned = mutation(1, 'main/ns/key', { poison: 'corrupt' });
    scene.queue(mutation(0));
    scene.queue(poisoned);
    expect(scene.story).not.toContain('dead-letter 1');
    scene.clear();
    scene.answer(APPLIED);
    expect(scene.story.at(-1)).toBe('dead-letter 1');
    scene.deadLettered(poisoned);
    expect(scene.records('PREPARE')).toHaveLength(1);
    expect(scene.records('ABORT')).toEqual([expect.not.objectContaining({ prepareOffset: expect.anything() })]);
  });

  it('rule 13: no ABORT while an attempt may still land, unless that one can only be refused alike', () => {
    const scene = owned();
    scene.queue(mutation(0));
    scene.clear();
    scene.answer({ kind: 'unknown' });
    scene.pass(DEFAULT_TIMING.backoff.maxMs);
    scene.clear();
    scene.answer(refused('denied'));
    expect(scene.records('ABORT')).toEqual([]);
    expect(scene.story).not.toContain('dead-letter 0');
    scene.pass(DEFAULT_TIMING.backoff.maxMs);
    scene.clear();
    scene.answer(refused('invalid'));
    expect(scene.story.at(-1)).toBe('dead-letter 0');
  });

  it('rule 13: an attempt of an earlier owner counts as unresolved', () => {
    const scene = new Scene();
    const earlier = scene.append({ type: 'OWNER', partition: PARTITION, claim: 'earlier' });
    const { path, fence, operation } = mutation(0);
    scene.append({ type: 'PREPARE', partition: PARTITION, owner: earlier, path, fence, operation, prepareNumber: 1 });
    scene.own();
    scene.queue(mutation(0));
    scene.clear();
    scene.answer(refused('denied'));
    expect(scene.records('ABORT')).toEqual([]);
  });

  it('rule 13: goes on preparing while an attempt is unresolved, at least every half window', () => {
    const scene = owned();
    scene.queue(mutation(0));
    for (let round = 0; round < 20; round += 1) {
      scene.clear();
      scene.answer({ kind: 'unknown' });
      const before = scene.records('PREPARE').length;
      scene.pass(DEFAULT_TIMING.windowMs / 2);
      expect(scene.records('PREPARE')).toHaveLength(before + 1);
    }
  });

  it('rule 14: prepares nothing while the breaker is open, but for what is unresolved', () => {
    const scene = owned();
    scene.queue(mutation(0, 'main/ns/a'));
    scene.clear('main/ns/a');
    scene.answer({ kind: 'unknown' });
    scene.take(scene.applier.handle({ type: 'breaker', manager: 'default', open: true }, scene.now));
    scene.queue(mutation(1, 'main/ns/b'));
    scene.queue(mutation(2, 'main/ns/c', { manager: 'another' }));
    scene.pass(DEFAULT_TIMING.backoff.firstMs);
    const prepared = (path: string): number =>
      scene.records('PREPARE').filter((record) => record.type === 'PREPARE' && record.path === path).length;
    expect([prepared('main/ns/a'), prepared('main/ns/b'), prepared('main/ns/c')]).toEqual([2, 0, 1]);
    scene.take(scene.applier.handle({ type: 'breaker', manager: 'default', open: false }, scene.now));
    expect(prepared('main/ns/b')).toBe(1);
  });

  it('stops when it reads a later owner, and takes no late answer of the store', () => {
    const scene = owned();
    scene.queue(mutation(0));
    scene.clear();
    scene.append({ type: 'OWNER', partition: PARTITION, claim: 'another' });
    expect(scene.story.at(-1)).toBe('stopped');
    scene.answer(APPLIED);
    expect(scene.records('COMMIT')).toEqual([]);
    expect(scene.applier.active).toBe(false);
  });

  it('takes no answer of an attempt that belongs to an earlier time as the owner', () => {
    const scene = owned();
    scene.queue(mutation(0));
    scene.clear();
    const stale = scene.effects.findLast((effect) => effect.type === 'apply');
    scene.take(scene.applier.handle({ type: 'stop' }, scene.now));
    scene.own('me again');
    scene.queue(mutation(0));
    scene.clear();
    if (stale?.type !== 'apply') throw new Error('the store was not asked');
    const late = {
      type: 'result',
      fence: stale.attempt.fence,
      call: stale.call,
      result: refused('invalid'),
    } as const;
    scene.take(scene.applier.handle(late, scene.now));
    expect(scene.story).not.toContain('dead-letter 0');
    scene.answer(APPLIED);
    expect(scene.story.at(-1)).toBe('finish 0');
  });

  it('ends a mutation also when its OWNER stands in the log twice, so that its COMMIT was void', () => {
    const scene = owned();
    scene.queue(mutation(0));
    scene.clear();
    const apply = scene.effects.findLast((effect) => effect.type === 'apply');
    if (apply?.type !== 'apply') throw new Error('the store was not asked');
    const { call, attempt: ref } = apply;
    const sent = scene.applier.handle({ type: 'result', fence: ref.fence, call, result: APPLIED }, scene.now);
    scene.append({ type: 'OWNER', partition: PARTITION, claim: 'me' });
    scene.take(sent);
    expect(scene.applier.unfinished).toBe(1);
    scene.pass(DEFAULT_TIMING.clearedTimeoutMs);
    expect(scene.story.slice(-2)).toEqual(['COMMIT', 'finish 0']);
  });

  it('says with which record of its own a mutation ended, once', () => {
    const scene = owned();
    scene.queue(mutation(0));
    scene.clear();
    scene.answer(APPLIED);
    scene.own('me again');
    scene.queue(mutation(0));
    const ends = scene.effects.flatMap((effect) => (effect.type === 'finish' ? [effect.end?.type] : []));
    expect(ends).toEqual(['COMMIT', undefined]);
  });

  it('passes over any number of redelivered mutations of one path that have ended', () => {
    const scene = new Scene();
    const count = 20_000;
    const earlier = scene.append({ type: 'OWNER', partition: PARTITION, claim: 'earlier' });
    const end = { type: 'COMMIT', partition: PARTITION, owner: earlier, outcome: 'applied', sealed: new Uint8Array() };
    for (let offset = 0; offset < count; offset += 1) {
      const { path, fence, operation, kind, fingerprint } = mutation(offset);
      scene.append({ ...end, path, fence, operation, kind, fingerprint } as LogRecord);
    }
    const claim = scene.applier.handle({ type: 'start', claim: 'me' }, 0);
    for (let offset = 0; offset < count; offset += 1) scene.queue(mutation(offset));
    scene.take(claim);
    expect(scene.effects.filter(({ type }) => type === 'finish')).toHaveLength(count);
    expect(scene.applier.unfinished).toBe(0);
  });

  it('lets what the store is being asked end as the store says when the partition stops', () => {
    const scene = owned();
    for (const [offset, path] of ['a', 'b', 'c'].entries()) scene.queue(mutation(offset, `main/ns/${path}`));
    scene.clear('main/ns/a');
    scene.clear('main/ns/b');
    scene.answer({ kind: 'fence-ahead', storedFence: fenceOf(3, 7n) }, 0);
    expect(scene.records('ABORT')).toMatchObject([{ operation: 'operation-0' }, { operation: 'operation-2' }]);
    scene.answer(APPLIED, 1);
    expect(scene.story.slice(-2)).toEqual(['COMMIT', 'finish 1']);
  });

  it('sends nothing again once the partition has halted', () => {
    const scene = owned();
    scene.queue(mutation(0, 'main/ns/a'));
    scene.queue(mutation(1, 'main/ns/b'));
    scene.clear('main/ns/a');
    scene.answer({ kind: 'fence-ahead', storedFence: fenceOf(3, 7n) });
    const before = scene.story;
    for (let time = 0; time < 3; time += 1) scene.pass(DEFAULT_TIMING.clearedTimeoutMs);
    expect(scene.story).toEqual(before);
  });

  it('ends with a refusal after one that has certainly changed nothing, which its own PREPARE does not put in doubt', () => {
    const scene = owned();
    scene.queue(mutation(0));
    scene.clear();
    scene.answer(refused('throttled', true));
    scene.pass(DEFAULT_TIMING.backoff.maxMs);
    scene.clear();
    scene.answer(refused('denied'));
    expect(scene.story.slice(-3)).toEqual(['apply 0', 'ABORT', 'finish 0']);
  });

  it('halts the partition on fence-ahead and acknowledges nothing', () => {
    const scene = owned();
    scene.queue(mutation(0));
    scene.clear();
    scene.answer({ kind: 'fence-ahead', storedFence: fenceOf(3, 7n) });
    expect(scene.effects).toContainEqual(expect.objectContaining({ type: 'halted', storedFence: fenceOf(3, 7n) }));
    expect(scene.applier.halted).toBe(true);
    scene.queue(mutation(1, 'main/ns/other'));
    scene.pass(60_000);
    expect(scene.story.slice(-3)).toEqual(['halted 0', 'ABORT', 'ABORT']);
    expect(scene.records('ABORT')).toMatchObject([
      { operation: 'operation-0', code: 'fence-ahead' },
      { operation: 'operation-1', code: 'fence-ahead' },
    ]);
    expect(scene.records('COMMIT')).toEqual([]);
    scene.own('me again');
    scene.queue(mutation(0));
    expect(scene.story.at(-1)).toBe('PREPARE');
  });

  it('drops a key from the caches without asking the store, also while the breaker is open', () => {
    const scene = owned();
    scene.take(scene.applier.handle({ type: 'breaker', manager: 'default', open: true }, scene.now));
    scene.queue(mutation(0, 'main/ns/key', { kind: 'drop' }));
    scene.clear();
    expect(scene.story).toEqual(['OWNER', 'PREPARE', 'COMMIT', 'finish 0']);
    expect(scene.records('COMMIT')).toMatchObject([{ kind: 'drop', outcome: 'applied', sealed: new Uint8Array() }]);
  });

  it('rule 13: prepares again while a call outlasts half of the window', () => {
    const scene = owned();
    scene.queue(mutation(0));
    scene.clear();
    scene.pass(DEFAULT_TIMING.windowMs / 2 - 1);
    expect(scene.records('PREPARE')).toHaveLength(1);
    scene.pass(1);
    expect(scene.records('PREPARE')).toHaveLength(2);
    scene.clear();
    expect(scene.story.filter((word) => word === 'apply 0')).toHaveLength(1);
    scene.answer(APPLIED);
    expect(scene.story.at(-1)).toBe('finish 0');
  });

  it.each([
    ['COMMIT', APPLIED, ['PREPARE']],
    ['ABORT', refused('not-found'), []],
  ])(
    'rule 13: while its %s is on its way, prepares again what may have changed, and nothing else',
    (end, result, again) => {
      const scene = owned();
      scene.queue(mutation(0));
      scene.clear();
      scene.pass(DEFAULT_TIMING.windowMs / 2 - 1);
      const types = (effects: readonly ApplierEffect[]): unknown[] =>
        effects.map((effect) => (effect.type === 'append' ? effect.record.type : effect.type));
      const { fence } = mutation(0);
      expect(types(scene.applier.handle({ type: 'result', fence, call: 1, result }, scene.now))).toEqual([end]);
      // A PREPARE after the ABORT would block the key, and nothing would end it any more.
      expect(types(scene.applier.handle({ type: 'tick' }, scene.now + 1))).toEqual(again);
    },
  );

  describe('a copy of a mutation', () => {
    const original = mutation(0, 'main/ns/key', { seal: 'seal' });
    const copy = (offset: number): Attempt => ({
      ...original,
      offset: BigInt(offset),
      fence: mutation(offset).fence,
    });

    it('has no effect after the original was refused, for its successor neither; one that is sealed anew has', () => {
      const scene = owned();
      scene.queue(original);
      scene.clear();
      scene.answer(refused('conflict'));
      scene.deadLettered(original);
      expect(scene.records('ABORT')).toMatchObject([{ seal: 'seal' }]);
      scene.queue(copy(1));
      expect(scene.story.at(-1)).toBe('finish 1');
      scene.own('successor');
      scene.queue(copy(2));
      expect(scene.story.at(-1)).toBe('finish 2');
      scene.queue({ ...copy(3), seal: 'another' });
      expect(scene.story.at(-1)).toBe('PREPARE');
    });

    it('has none where the queue knows it as one', () => {
      const scene = owned();
      scene.queue({ ...copy(1), repeats: true });
      expect(scene.story.at(-1)).toBe('finish 1');
    });

    it('has none either when its turn comes after all was forgotten', () => {
      const scene = owned();
      scene.queue(original);
      scene.clear();
      scene.answer(APPLIED);
      scene.queue(mutation(1));
      scene.queue(copy(2));
      scene.queue({ ...mutation(3), operation: original.operation });
      for (let passed = 0; passed <= 2 * DEFAULT_TIMING.windowMs; passed += DEFAULT_TIMING.clearedTimeoutMs) {
        scene.pass(DEFAULT_TIMING.clearedTimeoutMs);
      }
      scene.clear();
      scene.answer(APPLIED, 1);
      expect(scene.story.slice(-3)).toEqual(['finish 1', 'finish 2', 'finish 3']);
    });

    it('that waits behind its original and another write has none when that write takes long', () => {
      const scene = owned();
      for (const ref of [original, mutation(1), copy(2)]) scene.queue(ref);
      scene.clear();
      scene.answer(APPLIED);
      for (let passed = 0; passed <= 2 * DEFAULT_TIMING.windowMs; passed += DEFAULT_TIMING.clearedTimeoutMs) {
        scene.pass(DEFAULT_TIMING.clearedTimeoutMs);
      }
      scene.clear();
      scene.answer(APPLIED, 1);
      expect(scene.story.slice(-2)).toEqual(['finish 1', 'finish 2']);
    });
  });

  it('says of what it dead-letters unopened that it only claims to be of its operation', () => {
    const scene = owned();
    const poisoned = mutation(0, 'main/ns/key', { poison: 'corrupt' });
    scene.queue(poisoned);
    scene.deadLettered(poisoned);
    expect(scene.records('ABORT')).toMatchObject([{ code: 'corrupt', claimed: true }]);
  });

  it('tells an ABORT again while an earlier mutation is unfinished, so that its successor does not apply it', () => {
    const scene = owned();
    scene.queue(mutation(0, 'main/ns/stuck'));
    scene.queue(mutation(1, 'main/ns/refused', { kind: 'patch' }));
    scene.clear('main/ns/refused');
    scene.answer(refused('not-found'));
    for (let passed = 0; passed <= 2 * DEFAULT_TIMING.windowMs; passed += DEFAULT_TIMING.clearedTimeoutMs) {
      scene.pass(DEFAULT_TIMING.clearedTimeoutMs);
    }
    expect(scene.records('ABORT').length).toBeGreaterThan(4);
    scene.own('successor');
    scene.queue(mutation(1, 'main/ns/refused', { kind: 'patch' }));
    expect(scene.story.at(-1)).toBe('finish 1');
    scene.queue(mutation(0, 'main/ns/stuck'));
    scene.clear('main/ns/stuck');
    scene.answer(APPLIED);
    const repeated = scene.records('ABORT').length;
    scene.pass(DEFAULT_TIMING.windowMs);
    scene.append({ type: 'GRANT', epoch: scene.epoch, leases: [] });
    expect(scene.records('ABORT')).toHaveLength(repeated);
  });
});
