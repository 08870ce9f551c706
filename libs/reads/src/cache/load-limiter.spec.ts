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
});
