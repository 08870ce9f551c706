import { fenceOf } from '@coffer/secrets';
import type { Attempt } from './events.js';
import type { Job } from './job.js';
import { PathQueues } from './path-queues.js';

const attempt = (offset: number, path = 'a', more: Partial<Attempt> = {}): Attempt => ({
  ...{ offset: BigInt(offset), fence: fenceOf(1, BigInt(offset)), path, operation: `o${offset}`, kind: 'put' },
  ...{ fingerprint: 'f', manager: 'm' },
  ...more,
});
const offsetsOf = (jobs: readonly Job[]): number[] => jobs.map((job) => Number(job.attempt.offset));

describe('the mutations in hand', () => {
  let queues: PathQueues;
  beforeEach(() => {
    queues = new PathQueues();
  });
  const push = (...attempts: Attempt[]): (Job | undefined)[] => attempts.map((each) => queues.push(each, false));
  const head = (path: string): Job => queues.heads().find((job) => job.attempt.path === path) as Job;

  it('wait for those before them on the same path', () => {
    const pushed = push(attempt(0), attempt(1), attempt(2, 'b'));
    expect(pushed.map((job) => job !== undefined)).toEqual([true, false, true]);
    expect([offsetsOf(queues.heads()), offsetsOf(queues.all()), queues.size]).toEqual([[0, 2], [0, 1, 2], 3]);
    expect(queues.lowest).toBe(fenceOf(1, 0n));
    expect(queues.find(fenceOf(1, 1n))?.attempt).toEqual(attempt(1));
    expect(queues.find(fenceOf(1, 9n))).toBeUndefined();
  });

  it('are counted by where the head of each path stands', () => {
    push(attempt(0), attempt(1), attempt(2, 'b'), attempt(3, 'c'));
    head('b').phase = { name: 'applying' };
    const none = { pausing: 0, preparing: 0, applying: 0, 'dead-lettering': 0, ending: 0 };
    expect(queues.phases).toEqual({ ...none, pausing: 2, applying: 1, queued: 1 });
    queues.clear();
    expect(queues.phases).toEqual({ ...none, queued: 0 });
  });

  it('are taken once', () => {
    push(attempt(0));
    expect(push(attempt(0), attempt(0, 'b'))).toEqual([undefined, undefined]);
    expect(queues.size).toBe(1);
  });

  it('go on with the next of the path once one has ended', () => {
    push(attempt(0), attempt(1), attempt(2, 'b'));
    const { over, next } = queues.finish(head('a'), () => false);
    expect([over, next?.attempt]).toEqual([[], attempt(1)]);
    expect([offsetsOf(queues.heads()), queues.lowest]).toEqual([[1, 2], fenceOf(1, 1n)]);
    expect(queues.finish(head('a'), () => false)).toEqual({ over: [], next: undefined });
    expect([offsetsOf(queues.heads()), queues.size]).toEqual([[2], 1]);
    // The path's queue is as new.
    expect(push(attempt(3))[0]?.attempt).toEqual(attempt(3));
  });

  it('pass over those that are over as well, up to the first that is not', () => {
    push(...[0, 1, 2, 3, 4].map((offset) => attempt(offset)));
    const ended = new Set(['o1', 'o2', 'o4']);
    const { over, next } = queues.finish(head('a'), ({ operation }) => ended.has(operation));
    expect([offsetsOf(over), next?.attempt]).toEqual([[1, 2], attempt(3)]);
    expect(offsetsOf(queues.all())).toEqual([3, 4]);
  });

  it('have no effect where they repeat one that has ended, also once that is forgotten', () => {
    push(attempt(0), attempt(1));
    push(attempt(2, 'a', { operation: 'o0' }), attempt(3));
    queues.push(attempt(4), true);
    const ended = new Set(['o0']);
    queues.finish(head('a'), ({ operation }) => ended.has(operation));
    const { over, next } = queues.finish(head('a'), () => false);
    expect([offsetsOf(over), next?.attempt]).toEqual([[2], attempt(3)]);
    expect(offsetsOf(queues.finish(head('a'), () => false).over)).toEqual([4]);
  });

  it('have room for thirty-two of a store that are under way', () => {
    push(...Array.from({ length: 40 }, (_, index) => attempt(index, `path ${index}`)));
    push(attempt(90, 'elsewhere', { manager: 'other' }));
    const heads = queues.heads();
    for (const job of heads.slice(0, 31)) job.phase = { name: 'preparing', sentAt: 0 };
    expect(queues.hasRoom('m')).toBe(true);
    const last = heads[31] as Job;
    last.phase = { name: 'applying' };
    expect([queues.hasRoom('m'), queues.hasRoom('other')]).toEqual([false, true]);
    last.phase = { name: 'ending', sentAt: 0 };
    expect(queues.hasRoom('m')).toBe(true);
  });

  it('are none once they are cleared', () => {
    push(attempt(0), attempt(1, 'b'));
    queues.clear();
    expect([queues.size, queues.heads(), queues.lowest]).toEqual([0, [], undefined]);
    expect(push(attempt(0))[0]).toBeDefined();
  });
});
