import { systemClock } from './index.js';

describe('systemClock', () => {
  it('reads both clocks in milliseconds', () => {
    const [wall, monotonic] = [Date.now(), performance.now()];
    const read = [systemClock.wall(), systemClock.monotonic()] as const;
    expect(read[0]).toBeGreaterThanOrEqual(wall);
    expect(read[0]).toBeLessThanOrEqual(Date.now());
    expect(read[1]).toBeGreaterThanOrEqual(monotonic);
    expect(read[1]).toBeLessThanOrEqual(performance.now());
  });
});
