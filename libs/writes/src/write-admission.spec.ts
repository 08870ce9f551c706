import { MAX_UNFINISHED, WriteAdmission } from './write-admission.js';

describe('WriteAdmission', () => {
  let refused: number;
  let backlog: { mutations: number; bytes: number };
  let unfinished: Record<string, number>;
  let admission: WriteAdmission;
  beforeEach(() => {
    [refused, backlog, unfinished] = [0, { mutations: 0, bytes: 0 }, {}];
    const producer = { unfinished: (path: string) => unfinished[path] ?? 0, backlog: () => backlog };
    admission = new WriteAdmission({ producer, queueMaxBytes: 1_000, refused: () => (refused += 1) });
  });
  const overloaded = (message: RegExp, details: object = {}) =>
    expect.objectContaining({
      code: 'overloaded',
      message: expect.stringMatching(message) as string,
      details,
    }) as Error;

  it('lets what fills the budget to the byte in, and nothing beyond', () => {
    admission.require('main/a/b', 1_000);
    expect(() => admission.require('main/a/b', 1_001)).toThrow(overloaded(/coffer\.limits\.queue, 1000 bytes/));
    backlog = { mutations: 1, bytes: 999 };
    admission.require('main/a/b', 1);
    expect(() => admission.require('main/a/b', 2, { operation: 'one' })).toThrow(overloaded(/./, { operation: 'one' }));
    expect([refused, admission.refusals]).toEqual([2, 2]);
    expect(admission.memory).toEqual({ bytes: 999, limitBytes: 1_000 });
  });

  it('lets nothing in behind a thousand unfinished mutations of the path’s partition, and counts that as no want of bytes', () => {
    unfinished = { 'main/a/b': MAX_UNFINISHED - 1 };
    admission.require('main/a/b', 1);
    unfinished = { 'main/a/b': MAX_UNFINISHED };
    expect(() => admission.require('main/a/b', 1, { operation: 'one' })).toThrow(
      overloaded(/more than 1000 writes are waiting/, { operation: 'one' }),
    );
    admission.require('main/a/c', 1);
    expect([refused, admission.refusals]).toEqual([0, 0]);
  });
});
