import fc from 'fast-check';
import { compareCodePoints } from './code-points.js';

describe('compareCodePoints', () => {
  it('orders as UTF-8 bytes do', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareCodePoints(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });

  it('puts an emoji after the last character of the basic plane', () => {
    expect(compareCodePoints('\u{1f511}', '\uffee')).toBeGreaterThan(0);
    expect('\u{1f511}' > '\uffee').toBe(false);
  });
});
