import { Metrics } from '@coffer/observability';
import { watchLogClock } from './watch-log-clock.js';

const LOOK_MS = 5_000;

describe('the watch over clocks', () => {
  const lines: object[] = [];
  let offsetMs: number;
  let metrics: Metrics;
  let stop: () => void;
  const gauge = async (): Promise<number> => {
    await metrics.text();
    return (await metrics.logClockOffset.get()).values[0]?.value ?? NaN;
  };

  beforeEach(() => {
    jest.useFakeTimers();
    lines.splice(0);
    offsetMs = 0;
    metrics = new Metrics();
    const time = { now: () => Date.now() + offsetMs, offsetMs: () => offsetMs };
    ({ stop } = watchLogClock(time, metrics, { warn: (fields: object) => void lines.push(fields) }, LOOK_MS));
  });
  afterEach(() => {
    stop();
    jest.useRealTimers();
  });

  it('shows how far they are apart, and says nothing below a minute', async () => {
    offsetMs = -59_000;
    jest.advanceTimersByTime(10 * LOOK_MS);
    expect([await gauge(), lines]).toEqual([-59, []]);
  });

  it.each([61_000, -61_000])('warns of %d ms, once in a while, and again after it was right', (wrong) => {
    offsetMs = wrong;
    jest.advanceTimersByTime(10 * LOOK_MS);
    expect(lines).toEqual([{ offsetSeconds: wrong / 1_000 }]);
    offsetMs = 0;
    jest.advanceTimersByTime(LOOK_MS);
    offsetMs = wrong;
    jest.advanceTimersByTime(LOOK_MS);
    expect(lines).toHaveLength(2);
  });

  it('ends', () => {
    offsetMs = 61_000;
    stop();
    jest.advanceTimersByTime(10 * LOOK_MS);
    expect(lines).toEqual([]);
  });
});
