import fc from 'fast-check';
import { compareCodePoints } from './code-points.js';

describe('compareCodePoints', () => {
  it('orders as UTF-8 bytes do', () => {
    // fast-check's own unit of all code points takes a second to make.
    const codePoint = fc.oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }));
    const text = fc.string({ unit: codePoint.map((point) => String.fromCodePoint(point)) });
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

  it('orders the code units beside the surrogates and their like', () => {
    const units = ['', '\ud7ff', '\ud7ff\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10000}a', '\u{10ffff}'];
    for (const [i, a] of units.entries()) {
      for (const [j, b] of units.entries()) expect(Math.sign(compareCodePoints(a, b))).toBe(Math.sign(i - j));
    }
  });
});
