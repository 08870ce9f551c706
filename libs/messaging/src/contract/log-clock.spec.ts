import { DEFAULT_TIMING } from '@coffer/coherence';
import type { Clock } from '@coffer/secrets';
import { isStale, LogClock, MAX_AHEAD_MS, MAX_DELAY_MS } from './log-clock.js';
import { PartitionClocks } from './partition-clocks.js';

const START = 1_700_000_000_000;
const HOUR_MS = 3_600_000;

describe('the log’s clock', () => {
  let passed: number;
  /** What is wrong with this machine's wall clock. */
  let error: number;
  let time: LogClock;
  const clock: Clock = { monotonic: () => 5_000 + passed, wall: () => START + passed + error };
  const inKafka = (): number => START + passed;

  beforeEach(() => {
    [passed, error] = [0, 0];
    time = new LogClock(clock);
  });

  it('is this machine’s until a record was seen', () => {
    error = HOUR_MS;
    expect(time.now()).toBe(START + HOUR_MS);
    expect(time.offsetMs()).toBe(0);
  });

  it.each([-HOUR_MS, HOUR_MS])(
    'is the records’ own though the wall clock is %d ms off, and shows by how much',
    (off) => {
      error = off;
      time.seen(inKafka());
      expect(time.now()).toBe(inKafka());
      expect(time.offsetMs()).toBe(-off);
      passed += 10_000;
      error = 2 * off;
      expect(time.now()).toBe(inKafka());
    },
  );

  it('takes a record that was read late for what it is', () => {
    time.seen(inKafka());
    time.seen(inKafka() - 40_000);
    expect(time.now()).toBe(inKafka());
  });

  it('remembers the highest of a minute, however many are read late', () => {
    time.seen(inKafka());
    passed += 55_000;
    for (let late = 0; late < 3; late += 1) time.seen(inKafka() - 40_000);
    expect(time.now()).toBe(inKafka());
  });

  it('follows a clock that was set back by seconds, by what it appends', () => {
    time.seen(inKafka() + 8_000);
    time.appended(inKafka(), clock.monotonic());
    expect(time.now()).toBe(inKafka());
  });

  it('keeps what it knows when the answer to what it appends takes its time', () => {
    time.seen(inKafka());
    const sent = [inKafka(), clock.monotonic()] as const;
    passed += 100;
    time.appended(...sent);
    expect(time.now()).toBe(inKafka());
  });

  it('follows a clock that was set back, by what it appends, and by what it reads after a while', () => {
    time.seen(inKafka() + HOUR_MS);
    time.appended(inKafka(), clock.monotonic());
    expect(time.now()).toBe(inKafka());
    time.seen(inKafka() + HOUR_MS);
    for (let minute = 0; minute < 3; minute += 1) {
      passed += 60_000;
      time.seen(inKafka());
    }
    expect(time.now()).toBe(inKafka());
  });

  it('keeps what it knows while nothing is read', () => {
    error = HOUR_MS;
    time.seen(inKafka());
    passed += 10 * HOUR_MS;
    expect(time.now()).toBe(inKafka());
  });
});

it('partitions whose brokers’ clocks differ have each its own', () => {
  let passed = 0;
  const clock: Clock = { monotonic: () => passed, wall: () => START + passed };
  const clocks = new PartitionClocks(clock, new LogClock(clock));
  for (passed = 0; passed < 300_000; passed += 1_000) {
    clocks.seen(0, START + passed + 90_000);
    clocks.appended(1, START + passed, passed);
  }
  clocks.seen(0, START + passed + 90_000);
  expect([clocks.now(0), clocks.now(1), clocks.now(2)]).toEqual([90_000, 0, 90_000].map((off) => START + passed + off));
  expect(clocks.offsetMs()).toBe(90_000);
});

it('a partition remembers the highest that was seen of it', () => {
  const clock: Clock = { monotonic: () => 0, wall: () => START };
  const clocks = new PartitionClocks(clock, new LogClock(clock));
  expect(clocks.now(1)).toBe(START);
  for (const timestamp of [9_000, 5_000, 7_000]) clocks.seen(1, START + timestamp);
  clocks.seen(2, START + 20_000);
  expect([clocks.now(1), clocks.now(2), clocks.now(3), clocks.now()]).toEqual(
    [9_000, 20_000, 20_000, 20_000].map((ahead) => START + ahead),
  );
});

it('a copy that is not stale comes while what it repeats is remembered', () => {
  expect(isStale(START + MAX_DELAY_MS, START)).toBe(false);
  expect(isStale(START + MAX_DELAY_MS + 1, START)).toBe(true);
  expect(isStale(START - MAX_AHEAD_MS, START)).toBe(false);
  expect(isStale(START - MAX_AHEAD_MS - 1, START)).toBe(true);
  expect(MAX_DELAY_MS + MAX_AHEAD_MS).toBeLessThan(DEFAULT_TIMING.windowMs);
});
