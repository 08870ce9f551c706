import { CatchUpProbe } from './catch-up-probe.js';

let now: number;
let reaches: boolean;
let took: number;
const probeOf = () =>
  new CatchUpProbe(
    {
      reachEnd: () => {
        now += took;
        return reaches ? Promise.resolve() : Promise.reject(new Error('not in time'));
      },
    },
    () => now,
  );
beforeEach(() => {
  [now, reaches, took] = [1_000, true, 0];
});

it('counts from when it last asked in success, or from when it was made', async () => {
  const probe = probeOf();
  reaches = false;
  now += 10;
  expect(await probe.stalenessMs()).toBe(10);
  [reaches, took] = [true, 5];
  expect(await probe.stalenessMs()).toBeUndefined();
  [reaches, took] = [false, 0];
  now += 100;
  expect(await probe.stalenessMs()).toBe(105);
});

it('is not set back by an answer that was asked for earlier', async () => {
  const ends: (() => void)[] = [];
  const probe = new CatchUpProbe(
    { reachEnd: () => (reaches ? new Promise((resolve) => ends.push(resolve)) : Promise.reject(new Error('no'))) },
    () => now,
  );
  const early = probe.stalenessMs();
  now += 50;
  const late = probe.stalenessMs();
  ends[1]?.();
  await late;
  ends[0]?.();
  await early;
  reaches = false;
  expect(await probe.stalenessMs()).toBe(0);
});

it('waits half a second for the log’s end, and a twentieth while the last one waited in vain', async () => {
  const timeouts = jest.spyOn(AbortSignal, 'timeout');
  try {
    const probe = probeOf();
    await probe.stalenessMs();
    reaches = false;
    await probe.stalenessMs();
    reaches = true;
    await probe.stalenessMs();
    await probe.stalenessMs();
    expect(timeouts.mock.calls).toEqual([[500], [500], [50], [500]]);
  } finally {
    timeouts.mockRestore();
  }
});
