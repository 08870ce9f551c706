import { ElapsedTime } from './elapsed-time.js';

describe('elapsed time', () => {
  it('counts a suspension of the machine, and no step back of the wall clock', () => {
    let [monotonic, wall] = [100, 1_000_000];
    const time = new ElapsedTime({ monotonic: () => monotonic, wall: () => wall });
    const begun = time.now();
    monotonic += 10;
    wall += 10;
    expect(time.now() - begun).toBe(10);
    wall += 60_000;
    expect(time.now() - begun).toBe(60_010);
    wall -= 3_600_000;
    monotonic += 5;
    expect(time.now() - begun).toBe(60_015);
    wall += 5;
    monotonic += 5;
    expect(time.now() - begun).toBe(60_020);
  });

  it('runs no faster than its clock, however often it is asked', () => {
    let monotonic = 0;
    const time = new ElapsedTime({ monotonic: () => monotonic, wall: () => Math.floor(monotonic) });
    while (monotonic < 10_000) {
      monotonic += 0.1;
      time.now();
    }
    expect(time.now()).toBeGreaterThanOrEqual(10_000);
    expect(time.now()).toBeLessThan(10_020);
  });

  it('is the faster of the two readings in each second by itself, and while they agree the faster of both in all', () => {
    let [monotonic, wall] = [0, 0];
    const pass = (byMonotonic: number, byWall: number): number => {
      monotonic += byMonotonic;
      wall += byWall;
      return time.now();
    };
    const time = new ElapsedTime({ monotonic: () => monotonic, wall: () => wall });
    expect([pass(1_000, 1_015), pass(1_015, 1_000)]).toEqual([1_015, 2_030]);
    expect([pass(10, 30), pass(30, 10)]).toEqual([2_060, 2_070]);
  });
});
