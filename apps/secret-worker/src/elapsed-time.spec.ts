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
});
