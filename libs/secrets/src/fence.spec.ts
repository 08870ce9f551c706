import fc from 'fast-check';
import { fenceOf, generationOf, MAX_GENERATION, MAX_OFFSET, offsetOf, parseFence } from './index.js';

const generations = fc.integer({ min: 1, max: MAX_GENERATION });
const offsets = fc.bigInt({ min: 0n, max: MAX_OFFSET });

describe('Fence', () => {
  it('orders by generation, then by offset', () => {
    fc.assert(
      fc.property(generations, offsets, generations, offsets, (generation, offset, later, other) => {
        const before = generation === later ? offset < other : generation < later;
        expect(fenceOf(generation, offset) < fenceOf(later, other)).toBe(before);
      }),
    );
    expect(fenceOf(2, 0n) > fenceOf(1, MAX_OFFSET)).toBe(true);
    expect(fenceOf(1, 1n) > fenceOf(1, 0n)).toBe(true);
  });

  it('gives back its parts, and itself from every form in which a store may hold it', () => {
    fc.assert(
      fc.property(generations, offsets, (generation, offset) => {
        const fence = fenceOf(generation, offset);
        expect([generationOf(fence), offsetOf(fence)]).toEqual([generation, offset]);
        expect([parseFence(fence), parseFence(String(fence))]).toEqual([fence, fence]);
      }),
    );
    expect(parseFence(7)).toBe(7n);
  });

  it('fits a signed 64-bit column, its largest as well', () => {
    expect(MAX_OFFSET).toBe(2n ** 48n - 1n);
    expect(fenceOf(MAX_GENERATION, MAX_OFFSET)).toBe(2n ** 63n - 1n);
    expect(fenceOf(1, 0n)).toBe(2n ** 48n);
  });

  it.each([0, -1, 1.5, NaN, MAX_GENERATION + 1])('refuses generation %d', (generation) => {
    expect(() => fenceOf(generation, 0n)).toThrow(
      expect.objectContaining({ code: 'invalid', message: expect.stringContaining('generation') as string }),
    );
  });

  it.each([-1n, MAX_OFFSET + 1n])('refuses offset %d', (offset) => {
    expect(() => fenceOf(1, offset)).toThrow(
      expect.objectContaining({ code: 'invalid', message: expect.stringContaining('offset') as string }),
    );
  });

  it('accepts 63 bits from a store and no more', () => {
    expect(parseFence('0')).toBe(0n);
    expect(parseFence(String(2n ** 63n - 1n))).toBe(2n ** 63n - 1n);
  });

  it.each([
    '',
    ' 1',
    '1 ',
    '-1',
    '1.5',
    '0x1',
    'one',
    String(2n ** 63n),
    '9'.repeat(19),
    `0${2n ** 63n - 1n}`,
    -1,
    1e21,
  ])('calls %j corrupt', (stored) => {
    expect(() => parseFence(stored)).toThrow(expect.objectContaining({ code: 'corrupt' }));
  });
});
