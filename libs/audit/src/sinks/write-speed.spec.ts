import { WriteSpeed } from './write-speed.js';

describe('WriteSpeed', () => {
  let now = 0;
  const speed = (): WriteSpeed => new WriteSpeed(() => now);

  it('trusts writes that are quick, also those that fail', () => {
    const writes = speed();
    expect(writes.measure(() => (now += 50))).toBe(now);
    expect(() =>
      writes.measure(() => {
        throw new Error('full');
      }),
    ).toThrow('full');
    expect(writes.isQuick()).toBe(true);
  });

  it('distrusts them for five seconds after a slow one', () => {
    const writes = speed();
    expect(() =>
      writes.measure(() => {
        now += 51;
        throw new Error('slow');
      }),
    ).toThrow('slow');
    expect(writes.isQuick()).toBe(false);
    now += 4_999;
    expect(writes.isQuick()).toBe(false);
    now += 1;
    expect(writes.isQuick()).toBe(true);
  });
});
