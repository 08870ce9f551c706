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
});
