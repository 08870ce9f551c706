import { LoadLimiter } from './load-limiter.js';

describe('the limit of uncached reads', () => {
  const calls = (limiter: LoadLimiter, count: number) => {
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const answers = Array.from({ length: count }, (_, number) =>
      limiter.run(() => {
        begun.push(number);
        return new Promise<number>((resolve) => ends.push(() => resolve(number)));
      }),
    );
    return { begun, ends, answers };
  };
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('lets far more reads be under way than wait while the event loop is in time', async () => {
    const limiter = new LoadLimiter();
    const { begun, ends, answers } = calls(limiter, 200);
    await turn();
    expect(begun).toHaveLength(200);
    ends.forEach((end) => end());
    await Promise.all(answers);
    expect(limiter.waiting).toBe(0);
  });

  it('makes them one after another in their order where it is late, and forgets none', async () => {
    const limiter = new LoadLimiter();
    for (let late = 0; late < 10; late += 1) limiter.timerLate(1_000);
    const { begun, ends, answers } = calls(limiter, 20);
    await turn();
    expect(begun).toEqual([0, 1]);
    expect(limiter.waiting).toBe(18);
    for (let number = 0; number < 20; number += 1) {
      ends[number]?.();
      await turn();
    }
    expect(await Promise.all(answers)).toEqual(begun);
    expect(begun).toEqual(Array.from({ length: 20 }, (_, number) => number));
  });

  it('falls by half with each look that finds the loop late, and rises again', async () => {
    const limiter = new LoadLimiter();
    const { ends, answers } = calls(limiter, 64);
    limiter.timerLate(101);
    expect(limiter.limit).toBe(32);
    limiter.timerLate(500);
    expect(limiter.limit).toBeLessThanOrEqual(16);
    for (let look = 0; look < 30; look += 1) limiter.timerLate(0);
    expect(limiter.limit).toBeGreaterThanOrEqual(200);
    ends.forEach((end) => end());
    await Promise.all(answers);
  });

  it('gives the place of a read that failed to the next', async () => {
    const limiter = new LoadLimiter();
    for (let late = 0; late < 10; late += 1) limiter.timerLate(1_000);
    const failing = Array.from({ length: 5 }, () => limiter.run(() => Promise.reject(new Error('no'))));
    const results = await Promise.allSettled(failing);
    expect(results.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'rejected'));
    expect(await limiter.run(() => Promise.resolve('yes'))).toBe('yes');
  });

  it('is 256 at most and 2 at least, and moves by half and by a quarter', () => {
    const limiter = new LoadLimiter();
    expect(limiter.limit).toBe(256);
    limiter.timerLate(100);
    expect(limiter.limit).toBe(256);
    // Nothing is under way, so that little is left at once.
    limiter.timerLate(101);
    expect(limiter.limit).toBe(2);
    const limits = Array.from({ length: 4 }, () => {
      limiter.timerLate(0);
      return limiter.limit;
    });
    expect(limits).toEqual([2, 3, 3, 4]);
    for (let look = 0; look < 40; look += 1) limiter.timerLate(0);
    expect(limiter.limit).toBe(256);
  });

  it('falls from what is under way and waits, where that is less', async () => {
    const limiter = new LoadLimiter();
    const { ends, answers } = calls(limiter, 20);
    limiter.timerLate(101);
    expect([limiter.limit, limiter.waiting]).toEqual([10, 0]);
    const more = calls(limiter, 30);
    expect(limiter.waiting).toBe(30);
    limiter.timerLate(101);
    expect(limiter.limit).toBe(5);
    // It rises while many wait: each look lets so many more begin.
    ends.forEach((end) => end());
    await Promise.all(answers);
    expect([more.begun.length, limiter.waiting]).toEqual([5, 25]);
    limiter.timerLate(0);
    await turn();
    expect([more.begun.length, limiter.waiting]).toEqual([6, 24]);
    for (let left = 30; left > 0; left -= 1) {
      more.ends.shift()?.();
      await turn();
    }
    await Promise.all(more.answers);
    expect(limiter.waiting).toBe(0);
  });
});
