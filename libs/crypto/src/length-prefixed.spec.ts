import fc from 'fast-check';
import { lengthPrefixed } from './length-prefixed.js';

const text = fc.string({ unit: 'grapheme' });

describe('lengthPrefixed', () => {
  it('gives different bytes for different lists', () => {
    fc.assert(
      fc.property(fc.array(text), fc.array(text), (a, b) => {
        expect(lengthPrefixed(a).equals(lengthPrefixed(b))).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
      {
        examples: [
          [['a', 'b'], ['ab']],
          [
            ['a', 'bc'],
            ['ab', 'c'],
          ],
          [[''], []],
          [
            ['', 'a'],
            ['a', ''],
          ],
        ],
      },
    );
  });

  it('takes a text and its UTF-8 as the same', () => {
    fc.assert(
      fc.property(text, (part) => {
        expect(lengthPrefixed([Buffer.from(part)])).toEqual(lengthPrefixed([part]));
      }),
    );
  });

  it('writes big-endian count and lengths', () => {
    expect(lengthPrefixed(['é', new Uint8Array([1])]).toString('hex')).toBe('0000000200000002c3a90000000101');
  });

  it('refuses lone surrogates', () => {
    expect(() => lengthPrefixed(['\ud800'])).toThrow(expect.objectContaining({ code: 'invalid' }));
  });
});
