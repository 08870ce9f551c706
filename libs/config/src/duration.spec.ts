import fc from 'fast-check';
import { parseDuration, readDuration } from './duration.js';
import { refusal } from './load.fixture.js';

describe('parseDuration', () => {
  it.each([
    ['60s', 60_000],
    ['500ms', 500],
    ['1m', 60_000],
    ['1h', 3_600_000],
    ['2d', 172_800_000],
    [' 5 s ', 5_000],
    ['10S', 10_000],
    ['PT1M30S', 90_000],
    [' PT1M30S\n', 90_000],
    ['PT0.5S', 500],
    ['PT1.2345S', 1_234],
    ['P1DT2H', 93_600_000],
    ['P2D', 172_800_000],
    ['pt5m', 300_000],
    ['0s', 0],
  ])('reads %s', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each(['', '60', 's', '-5s', '1.5s', '1w', 'P', 'PT', 'P1DT', 'P1W', 'P1M', 'PT-5S', '5s5s', '99999999999999d'])(
    'refuses %j and does not repeat it',
    (text) => {
      expect(refusal(() => parseDuration(text))).toBe(
        'a duration must be written like 500ms, 60s, 1m, 1h, 2d or PT1M30S',
      );
    },
  );

  it('reads the short form and its ISO twin alike', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.constantFrom('s', 'm', 'h'), (amount, unit) => {
        expect(parseDuration(`${amount}${unit}`)).toBe(parseDuration(`PT${amount}${unit.toUpperCase()}`));
      }),
    );
  });

  it('adds up days, hours, minutes, seconds and milliseconds', () => {
    fc.assert(
      fc.property(fc.nat(999), fc.nat(99), fc.nat(99), fc.nat(99), fc.nat(999), (d, h, m, s, ms) => {
        const text = `P${d}DT${h}H${m}M${s}.${String(ms).padStart(3, '0')}S`;
        expect(parseDuration(text)).toBe((((d * 24 + h) * 60 + m) * 60 + s) * 1_000 + ms);
      }),
    );
  });

  it('never gives anything but a whole number or nothing', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const read = readDuration(text);
        expect(read === undefined || (Number.isSafeInteger(read) && read >= 0)).toBe(true);
      }),
    );
  });
});
