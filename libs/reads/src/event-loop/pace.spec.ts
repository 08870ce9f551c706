import { Pace } from './pace.js';

const busyUntilDue = (pace: Pace): void => {
  while (!pace.due());
};

it('lets timers and other callbacks run between two slices', async () => {
  let [turns, working] = [0, true];
  const others = (): void => {
    turns += 1;
    if (working) setImmediate(others);
  };
  setImmediate(others);
  const pace = new Pace();
  for (let slice = 0; slice < 10; slice += 1) {
    busyUntilDue(pace);
    await pace.rest();
  }
  working = false;
  expect(turns).toBeGreaterThanOrEqual(10);
});

it('lets one piece of work go on in a turn of the loop, however many there are', async () => {
  let working = true;
  let [slices, most] = [0, 0];
  const watch = (): void => {
    most = Math.max(most, slices);
    slices = 0;
    if (working) setImmediate(watch);
  };
  const work = async (): Promise<void> => {
    const pace = new Pace();
    for (let slice = 0; slice < 4; slice += 1) {
      await pace.rest();
      slices += 1;
    }
  };
  const all = Promise.all(Array.from({ length: 20 }, work));
  setImmediate(watch);
  await all;
  working = false;
  expect(most).toBe(1);
});

it('is due four milliseconds after it was made or rested', async () => {
  const now = jest.spyOn(performance, 'now').mockReturnValue(1_000);
  try {
    const pace = new Pace();
    const dueAt = (ms: number): boolean => (now.mockReturnValue(ms), pace.due());
    expect([1_000, 1_003.9, 1_004].map(dueAt)).toEqual([false, false, true]);
    now.mockReturnValue(2_000);
    await pace.rest();
    expect([2_000, 2_003.9, 2_004].map(dueAt)).toEqual([false, false, true]);
  } finally {
    now.mockRestore();
  }
});
